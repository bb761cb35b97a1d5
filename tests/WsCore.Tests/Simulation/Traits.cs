using WsCore.Hosting;
using WsCore.Namespaces;

namespace WsCore.Tests.Simulation;

/// <summary>What one run is like, all from its seed.</summary>
internal sealed class Traits
{
    private const int CrowdEvery = 20;

    public Traits(int seed, Random random)
    {
        var crowd = seed % CrowdEvery == 0;
        Clients = crowd ? random.Next(150, 301) : random.Next(3, 26);
        Users = random.Next(1, Clients + 1);
        Deeds = crowd ? Clients * 3 : Clients * random.Next(10, 45);
        Duration = TimeSpan.FromSeconds(random.Next(10, 60));
        Lanes = random.Next(2, 5);
        Haste = Pick(random, 0.02, 0.1, 0.25);
        Delay = TimeSpan.FromMilliseconds(Pick(random, 1, 20, 300));
        Capacity = Pick(random, 1500, 8000, 40_000);
        SlowHooks = random.Next(4) == 0;
        SlowStores = random.Next(3) == 0;
        MostPadding = Pick(random, 10, 400, 2500);
        Drops = Pick(random, 1, 4, 12);
        LeavesAndJoins = Pick(random, 2, 10, 25);
        HistorySize = random.Next(1, crowd ? 40 : 150);
        HistoryTtl = TimeSpan.FromSeconds(Pick(random, 2, 600));
        HistoryBytes = random.Next(2) == 0 ? 65_536 : 1 << 24;
        PersonalSize = random.Next(3) == 0 ? 0 : random.Next(1, 50);
        InboxItems = Pick(random, 16, 200, 8192);
        string[] rooms = ["h:0", "h:1", "n:0", "h:2", "n:1", "h:3"];
        Presence = random.Next(2) == 0;
        Reliable = Pick(random, 0, 10, 40);
        Confirms = Pick(random, 60, 95, 100);
        MostUnconfirmed = random.Next(4) == 0 ? 20 : 1000;
        Rooms = [.. rooms.Take(random.Next(crowd ? 4 : 2, rooms.Length + 1))];
    }

    public int Clients { get; }

    /// <summary>Some share one; half of the clients have none.</summary>
    public int Users { get; }

    /// <summary>What all clients do together before they come to rest.</summary>
    public int Deeds { get; }

    public TimeSpan Duration { get; }

    public int Lanes { get; }

    /// <summary>How likely time passes although something could run.</summary>
    public double Haste { get; }

    /// <summary>The most that the network takes for one way.</summary>
    public TimeSpan Delay { get; }

    /// <summary>Bytes that the network takes before a reader.</summary>
    public int Capacity { get; }

    public bool SlowHooks { get; }

    /// <summary>The stores answer later, as those of another machine would.</summary>
    public bool SlowStores { get; }

    public int MostPadding { get; }

    /// <summary>Of 100 deeds.</summary>
    public int Drops { get; }

    /// <summary>Of 100 deeds.</summary>
    public int LeavesAndJoins { get; }

    public int HistorySize { get; }

    public TimeSpan HistoryTtl { get; }

    public int HistoryBytes { get; }

    public int PersonalSize { get; }

    public int InboxItems { get; }

    public bool Presence { get; }

    /// <summary>Of 100 messages.</summary>
    public int Reliable { get; }

    /// <summary>Of 100 reliable messages, as often as they come.</summary>
    public int Confirms { get; }

    public int MostUnconfirmed { get; }

    /// <summary>Those in <c>h</c> keep history, those in <c>n</c> do not.</summary>
    public string[] Rooms { get; }

    public void Configure(WsCoreOptions options)
    {
        options.Namespaces["h"] = new NamespaceOptions { History = { Size = HistorySize, Ttl = HistoryTtl, MaxBytes = HistoryBytes }, Presence = Presence };
        options.Namespaces["n"] = new NamespaceOptions { Presence = Presence };
        options.Namespaces["user"] = new NamespaceOptions { History = { Size = PersonalSize, Ttl = HistoryTtl } };
        options.Limits.MaxMessageBytes = 4096;
        options.Outbox.MaxBytes = 65_536;
        options.Outbox.BurstBytes = 131_072;
        options.Outbox.StallTimeout = TimeSpan.FromSeconds(3);
        options.Lanes.InboxItems = InboxItems;
        options.Heartbeat.Interval = TimeSpan.FromSeconds(5);
        options.Heartbeat.Timeout = TimeSpan.FromSeconds(4);
        options.Limits.CloseTimeout = TimeSpan.FromSeconds(2);
        options.Presence.Grace = TimeSpan.FromSeconds(2);
        options.Reliable.RetryDelays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)];
        options.Reliable.MaxPending = MostUnconfirmed;
        options.Node = "simulated";
    }

    public override string ToString() =>
        $"{Clients} clients, {Deeds} deeds in {Duration.TotalSeconds} s, rooms {string.Join(' ', Rooms)}, history {HistorySize}/{HistoryTtl.TotalSeconds} s/{HistoryBytes}, personal {PersonalSize}, "
        + $"{Lanes} lanes of {InboxItems}, delay {Delay.TotalMilliseconds} ms, capacity {Capacity}, haste {Haste}, slow hooks {SlowHooks}, slow stores {SlowStores}, presence {Presence}, reliable {Reliable}/{Confirms}/{MostUnconfirmed}";

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
