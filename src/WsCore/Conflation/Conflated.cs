using WsCore.Connections;
using WsCore.Delivery;

namespace WsCore.Conflation;

/// <summary>A message of a conflated room.</summary>
/// <param name="Frame">An ephemeral one.</param>
/// <param name="Except">The connection that does not get it.</param>
/// <param name="IsForeign">It has left another node, so it is not published again.</param>
internal readonly record struct Conflated(Frame Frame, Connection? Except, bool IsForeign = false);
