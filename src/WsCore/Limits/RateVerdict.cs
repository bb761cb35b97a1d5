namespace WsCore.Limits;

/// <summary>What all limits together say to one message: the first that refuses, and the longest wait.</summary>
internal struct RateVerdict
{
    public bool IsRefused { get; private set; }

    public RateScope Scope { get; private set; }

    public RateKind Kind { get; private set; }

    /// <summary>Ticks of the clock after which none would refuse, if nothing else came meanwhile.</summary>
    public long Wait { get; private set; }

    public void Refuse(RateScope scope, RateKind kind, long wait)
    {
        if (!IsRefused)
        {
            (IsRefused, Scope, Kind) = (true, scope, kind);
        }

        Wait = Math.Max(Wait, wait);
    }
}
