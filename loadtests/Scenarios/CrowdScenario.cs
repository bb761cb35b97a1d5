using System.Globalization;
using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A scenario of connections that are made first, sit in rooms, and check all they get.</summary>
internal abstract class CrowdScenario(ScenarioContext context) : Scenario(context)
{
    private const int MostAtOnce = 256; // handshakes under way, and goodbyes

    private readonly string _run = Guid.NewGuid().ToString("N")[..8]; // nobody else's rooms
    private readonly int _firstNumber = Random.Shared.Next(1, 1_000_000_000);

    protected List<Room> Rooms { get; } = [];

    protected List<Member> Members { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds =>
        [$"connections={Members.Count}", "errors=0", "closes=0", "lost=0", "duplicates=0", "out-of-order=0"];

    /// <summary>Which client makes the connections unless the user says so.</summary>
    protected virtual PeerKind DefaultKind => PeerKind.Raw;

    protected PeerKind Kind => Options.Via ?? DefaultKind;

    /// <inheritdoc/>
    public override async Task InitAsync(CancellationToken cancellation)
    {
        Arrange();
        await ProbeAsync(cancellation);
        await ConnectAsync(Members, cancellation);
        CheckRates();
    }

    /// <summary>One member after the other speaks to its room.</summary>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation) => SpeakAsync(iteration, reliable: false, cancellation);

    /// <inheritdoc/>
    public override Task SettleAsync(CancellationToken cancellation) => EventuallyAsync(() => Rooms.Sum(room => room.Missing()) == 0, Options.Timeout, cancellation);

    /// <inheritdoc/>
    public override void Report(FigureSet figures) => figures.Add(FigureNames.Lost, Rooms.Sum(room => room.Missing()));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await GoodbyeAsync(Members.Select(member => member.Peer));
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the rooms and who is in them; nothing is connected yet.</summary>
    protected abstract void Arrange();

    /// <summary>A room of a fresh name with so many members, of whom the first so many send.</summary>
    protected Room AddRoom(int members, int senders)
    {
        var room = new Room($"load-{_run}-{Rooms.Count}", _firstNumber + Rooms.Count);
        Rooms.Add(room);
        for (var i = 0; i < members; i++)
        {
            var place = i < senders ? i : -1;
            var member = CreateMember(room, place, senders);
            member.Peer = Context.CreatePeer(Kind, member, UserOf(member));
            room.Members.Add(member);
            Members.Add(member);
        }

        room.Streams.AddRange(Enumerable.Range(0, senders).Select(_ => new SenderStream()));
        return room;
    }

    /// <summary>Rooms of the size that suits, so that all connections are in one.</summary>
    protected void AddRooms(int defaultSize)
    {
        var count = Math.Clamp(Options.Rooms > 0 ? Options.Rooms : Options.Connections / defaultSize, 1, Options.Connections);
        for (var i = 0; i < count; i++)
        {
            var size = (Options.Connections / count) + (i < Options.Connections % count ? 1 : 0);
            AddRoom(size, size);
        }
    }

    /// <summary>Another kind of member, where the scenario has one.</summary>
    protected virtual Member CreateMember(Room room, int place, int senders) => new(Context, room, place, senders);

    /// <summary>The user that a member is to be; null: none.</summary>
    protected virtual string? UserOf(Member member) => null;

    /// <summary>Joins the room once connected.</summary>
    protected virtual async Task EnterAsync(Member member, CancellationToken cancellation)
    {
        var begun = Context.Clock.Micros;
        member.Room.HasHistory = await member.Peer.JoinAsync(member.Room.Name, cancellation);
        Metrics.Step(StepNames.Join).Record(Context.Clock.Micros - begun);
    }

    /// <summary>The room and the sender of an iteration: one room after the other, and in each room one member after the other.</summary>
    protected (Room Room, Member Sender) Choose(long number)
    {
        var room = Rooms[(int)(number % Rooms.Count)];
        return (room, room.Members[(int)(number / Rooms.Count % room.Streams.Count)]);
    }

    /// <summary>The member whose turn it is broadcasts to its room.</summary>
    protected Task SpeakAsync(Iteration iteration, bool reliable, CancellationToken cancellation)
    {
        var (room, sender) = Choose(iteration.Number);
        return PublishAsync(sender, iteration, payload => sender.Peer.BroadcastAsync(room.Name, payload, reliable, cancellation));
    }

    /// <summary>A message from a member, sent as <paramref name="send"/> has it.</summary>
    protected async Task PublishAsync(Member sender, Iteration iteration, Func<ReadOnlyMemory<byte>, Task<string?>> send)
    {
        var room = sender.Room;
        var stream = room.Streams[sender.Place];
        var number = -1;
        var taken = false;
        try
        {
            taken = await iteration.StepAsync(StepNames.Ack, () =>
            {
                lock (stream.Sending)
                {
                    number = stream.Next();
                    var stamp = new Stamp(room.Number, sender.Place, number, iteration.Intended, Math.Max(0, Context.Clock.Micros - iteration.Intended));
                    Metrics.Sent.Add(1);
                    return send(stamp.ToPayload(Options.Payload));
                }
            });
        }
        finally
        {
            if (!taken && number >= 0)
            {
                stream.Excuse(number); // refused, or the run was stopped before there was an answer
            }
        }
    }

    /// <summary>Says goodbye to many.</summary>
    protected static Task GoodbyeAsync(IEnumerable<IPeer> peers) =>
        Parallel.ForEachAsync(peers, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce }, async (peer, _) => await peer.DisposeAsync());

    private async Task ProbeAsync(CancellationToken cancellation)
    {
        var probe = Context.CreatePeer(Kind, new Member(Context, new Room("probe", 0), -1, 0));
        try
        {
            await probe.ConnectAsync(cancellation);
        }
        catch (PeerException e)
        {
            var hint = e.Code is "http-401" ? " Let anonymous connections in, with WSCORE__AUTH__ALLOWANONYMOUS=true at the server, or give a --header that the server knows." : "";
            throw new ScenarioException($"There is no connection to {PublicUrl.Of(Options.Url)}. {e.Message}{hint}");
        }
        finally
        {
            await probe.DisposeAsync();
        }
    }

    private async Task ConnectAsync(IReadOnlyList<Member> members, CancellationToken cancellation)
    {
        using var gate = new SemaphoreSlim(MostAtOnce);
        var under = new List<Task>(members.Count);
        var plan = new SimulationPlan([LoadSimulation.Inject(Options.ConnectRate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(members.Count / Options.ConnectRate))]);
        await ArrivalLoop.RunAsync(
            Context.Clock,
            plan.Arrivals().Take(members.Count),
            intended => under.Add(ConnectAsync(members[under.Count], intended, gate, cancellation)),
            cancellation);
        await Task.WhenAll(under);
    }

    private async Task ConnectAsync(Member member, long intended, SemaphoreSlim gate, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            await member.Peer.ConnectAsync(cancellation);
            member.Enter();
            Metrics.Step(StepNames.Connect).Record(Context.Clock.Micros - intended);
            await EnterAsync(member, cancellation);
        }
        catch (PeerException e)
        {
            Metrics.Errors.Add(e.Code);
        }
        finally
        {
            gate.Release();
        }
    }

    // Refusals for a rate would be errors of the tester's own making.
    private void CheckRates()
    {
        var allowed = Members.Find(member => member.Peer.MessagesPerSecond > 0)?.Peer.MessagesPerSecond ?? 0;
        var senders = Rooms.Sum(room => room.Streams.Count);
        var fastest = Simulations.Max(simulation => simulation switch
        {
            InjectSimulation inject => inject.Rate / inject.Interval.TotalSeconds,
            RampingInjectSimulation ramp => ramp.Rate / ramp.Interval.TotalSeconds,
            _ => 0,
        });
        if (allowed > 0 && senders > 0 && fastest / senders > allowed)
        {
            throw new ScenarioException(string.Create(CultureInfo.InvariantCulture,
                $"{fastest:0} messages a second from {senders} senders are {fastest / senders:0.#} for each, and the server takes {allowed:0.#} of one connection. Send less, or from more, or start the server with WSCORE__LIMITS__MESSAGESPERSECOND=0."));
        }
    }
}
