namespace WsCore.Tests.Simulation;

/// <summary>What happened in a run: a hash of all of it, which tells whether two runs were the same, and the newest events in full.</summary>
internal sealed class Trace(Func<TimeSpan> now)
{
    private static readonly int Kept = int.TryParse(Environment.GetEnvironmentVariable("WSCORE_SIM_TRACE"), out var kept) && kept > 0 ? kept : 60;
    private const ulong Prime = 1099511628211;

    private readonly (TimeSpan At, string What, string Who, string? Where, long Number)[] _newest = new (TimeSpan, string, string, string?, long)[Kept];

    public ulong Hash { get; private set; } = 14695981039346656037;

    public long Events { get; private set; }

    public void Add(string what, string who, string? where = null, long number = 0)
    {
        var at = now();
        _newest[Events++ % Kept] = (at, what, who, where, number);
        Mix(what);
        Mix(who);
        Mix(where ?? "");
        Mix((ulong)number);
        Mix((ulong)at.Ticks);
    }

    /// <summary>The newest events, oldest first.</summary>
    public override string ToString()
    {
        var count = (int)Math.Min(Events, Kept);
        return string.Join('\n', Enumerable.Range(0, count).Select(i =>
        {
            var (at, what, who, where, number) = _newest[(Events - count + i) % Kept];
            return $"  {at.TotalMilliseconds,10:F2} ms  {who,-10} {what} {where} {(number == 0 ? "" : number)}".TrimEnd();
        }));
    }

    private void Mix(string text)
    {
        foreach (var c in text)
        {
            Mix(c);
        }

        Mix(0xffff);
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;
}
