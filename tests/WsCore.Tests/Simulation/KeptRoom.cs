using WsCore.History;
using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <summary>What a room with history must still keep, worked out anew from what was appended and the three bounds.</summary>
internal sealed class KeptRoom(string name, HistoryRules rules, TimeProvider time)
{
    private readonly List<(long Seq, long Bytes, long At)> _kept = [];
    private bool _attached;
    private bool _mayBeForgotten = true;

    public string? Epoch { get; private set; }

    public long Last { get; private set; }

    public int Count => _kept.Count;

    public void Attached(Position position)
    {
        Meet(position.Epoch);
        Require(position.Seq == Last, $"{name} is attached at {position.Seq}, but its last number is {Last}");
        (_attached, _mayBeForgotten) = (true, false);
    }

    public void Detached()
    {
        _attached = false;
        MayBeForgottenIfSilent();
    }

    public void Appended(Position position, int frameBytes, bool isReliable)
    {
        MayBeForgottenIfSilent();
        Meet(position.Epoch);
        Require(position.Seq == Last + 1, $"{name} numbers a message {position.Seq} after {Last}");
        Last = position.Seq;
        _mayBeForgotten = false;
        _kept.Add((position.Seq, (frameBytes + FrameRing.Overhead) * (isReliable ? 2 : 1), time.GetTimestamp())); // that it may be repeated is kept with it
        Trim();
    }

    /// <summary>Whether a <c>since</c> must be honoured; null where both would be right: nobody was there, and the room had nothing left to keep.</summary>
    public bool? Covers(Position since)
    {
        MayBeForgottenIfSilent();
        if (Epoch is null)
        {
            return null;
        }

        var first = Last - _kept.Count + 1;
        var covered = since.Epoch == Epoch && since.Seq <= Last && since.Seq >= first - 1;
        return covered && _mayBeForgotten ? null : covered;
    }

    public void Read(in HistoryPage page, Position? since)
    {
        var expected = since is { } asked ? Covers(asked) : null;
        Meet(page.Epoch);
        Require(expected is null || expected == page.IsWhole, $"{name} says whole={page.IsWhole} of what follows {since}; it keeps {_kept.Count} up to {Last} of {Epoch}");
        Require(page.Last == Last, $"{name} says that its last is {page.Last}, but it is {Last}");
        Require(page.Frames.Length == page.To - page.From + 1, $"{name} answers {page.Frames.Length} messages as {page.From} to {page.To}");
    }

    private void MayBeForgottenIfSilent()
    {
        Trim();
        _mayBeForgotten |= !_attached && _kept.Count == 0;
    }

    // A room may begin a new life only where nobody is in it, and nobody would miss anything.
    private void Meet(string epoch)
    {
        if (Epoch == epoch)
        {
            return;
        }

        MayBeForgottenIfSilent();
        Require(Epoch is null || _mayBeForgotten, $"{name} went from epoch {Epoch} to {epoch} although it keeps {_kept.Count} messages or has members");
        (Epoch, Last) = (epoch, 0);
        _kept.Clear();
    }

    private void Trim()
    {
        var now = time.GetTimestamp();
        var bytes = _kept.Sum(kept => kept.Bytes);
        var drop = 0;
        while (drop < _kept.Count && (_kept.Count - drop > rules.Size || bytes > rules.MaxBytes || time.GetElapsedTime(_kept[drop].At, now) >= rules.Ttl))
        {
            bytes -= _kept[drop++].Bytes;
        }

        _kept.RemoveRange(0, drop);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new SimulationException(otherwise + ".");
        }
    }
}
