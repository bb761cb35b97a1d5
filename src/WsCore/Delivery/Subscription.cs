namespace WsCore.Delivery;

/// <summary>An outbox in a part: what a delivery reaches.</summary>
/// <remarks><see cref="Index"/> and <see cref="IsPaused"/> belong to the lane; the rest never changes.</remarks>
internal class Subscription(Part part, Outbox outbox)
{
    public Part Part { get; } = part;

    public Outbox Outbox { get; } = outbox;

    /// <summary>Where it stands in its part, so that leaving costs the same in a room of ten and of a million; -1 outside.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>It gets no numbered frames: they come from history.</summary>
    internal bool IsPaused { get; private set; }

    internal void Pause(bool paused)
    {
        if (IsPaused != paused && Index >= 0)
        {
            IsPaused = paused;
            Part.Paused += paused ? 1 : -1;
        }
    }
}
