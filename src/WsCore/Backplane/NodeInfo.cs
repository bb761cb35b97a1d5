namespace WsCore.Backplane;

/// <summary>A node that lives.</summary>
/// <param name="Id">Unique, new with each start.</param>
/// <param name="Name">What <c>welcome</c> calls it.</param>
/// <param name="Version">Of WsCore.</param>
/// <param name="Connections">Connections when it last said so, a few seconds ago at most.</param>
/// <param name="Started">When it started, by its own clock.</param>
/// <param name="Lease">How long it still counts as living if nothing more is heard of it; zero where it is the only node there can be.</param>
public sealed record NodeInfo(string Id, string Name, string Version, int Connections, DateTimeOffset Started, TimeSpan Lease);
