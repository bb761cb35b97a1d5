namespace WsCore.Redis.History;

/// <summary>A part of a room's history as Redis has it.</summary>
/// <param name="IsWhole">Nothing after the position that was asked for was dropped.</param>
/// <param name="Epoch">The room's.</param>
/// <param name="Last">The newest number.</param>
/// <param name="From">The number of the first message that is there or should be.</param>
/// <param name="To">The number of the last one that was looked at; <paramref name="From"/> - 1 where there is none.</param>
/// <param name="Messages">In their order. Numbers are left out where what Redis has was not made by a node.</param>
internal readonly record struct StoredPage(bool IsWhole, string Epoch, long Last, long From, long To, IReadOnlyList<StoredMessage> Messages);
