using WsCore.Client;

namespace WsCore.DeployCheck;

/// <summary>A message of a talker: one that was acknowledged, or one that arrived.</summary>
internal readonly record struct Heard(string Talker, int Number, Position Position);
