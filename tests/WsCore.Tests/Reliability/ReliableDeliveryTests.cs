using System.Text.Json;
using WsCore.Access;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Reliability;

/// <summary>Reliable messages: they come again until they are confirmed, by whom they were sent to, and no longer than that.</summary>
[Collection(MemoryUseCollection.Name)]
public sealed class ReliableDeliveryTests : IDisposable
{
    private const string Reliable = """{"type":"broadcast","room":"a","payload":1,"reliable":true}""";

    private readonly TestNode _node = new(
        options =>
        {
            options.Reliable.MaxPending = 3;
            options.Namespaces["sure"] = new NamespaceOptions { Reliable = true };
        },
        lanes: 2);

    private readonly TestConnection _sender;
    private readonly TestConnection _receiver;

    public ReliableDeliveryTests()
    {
        _sender = _node.Connect("ada", lane: 0);
        _receiver = _node.Connect("grace", lane: 1);
        foreach (var room in (string[])["a", "sure:a"])
        {
            _node.Join(_sender.Connection, room);
            _node.Join(_receiver.Connection, room);
        }

        _node.Join(_receiver.Connection, "user:grace");
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Unconfirmed_ComesAgainAfter5And10And20Seconds_AndIsGivenUp20SecondsLater()
    {
        await _sender.Say(Reliable).WithTimeout();
        var times = new List<int>();
        for (var second = 1; second <= 100; second++)
        {
            var before = _receiver.Texts.Count;
            _node.Pass(1);
            times.AddRange(Enumerable.Repeat(second, _receiver.Texts.Count - before));
            Assert.Equal(second < 55 ? 1 : 0, Pending);
        }

        Assert.Equal([5, 15, 35], times);
        Assert.Equal([0, 2, 3, 4], _receiver.Texts.Select(Attempt));
        Assert.Single(_receiver.Texts.Select(Ack).Distinct());
        Assert.Equal((1, 3, 1), (Sum(c => c.ReliableSent), Sum(c => c.ReliableRetried), Sum(c => c.ReliableGivenUp)));
        Assert.Empty(_sender.Texts); // no echo: nothing to confirm
    }

    [Fact]
    public async Task Unconfirmed_BetweenTicks_IsNeverEarlyAndLessThanASecondLate()
    {
        _node.Pass(3);
        _node.Clock.Advance(TimeSpan.FromMilliseconds(300));
        await _sender.Say(Reliable).WithTimeout();
        _node.Clock.Advance(TimeSpan.FromMilliseconds(700));
        _node.Pass(4); // 4.7 s
        Assert.Single(_receiver.Texts);

        _node.Pass(1);
        Assert.Equal(2, _receiver.Texts.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(36)]
    public async Task Ack_AfterAnyAttempt_EndsIt(int seconds)
    {
        await _sender.Say(Reliable).WithTimeout();
        _node.Pass(seconds);
        var sent = _receiver.Texts.Count;
        await Confirm(_receiver, Ack(_receiver.Last)).WithTimeout();
        _node.Pass(60);

        Assert.Equal(sent, _receiver.Texts.Count); // nothing comes again, and an ack is not answered
        Assert.Equal((0, 1, 0), (Pending, Sum(c => c.ReliableConfirmed), Sum(c => c.ReliableGivenUp)));
    }

    [Fact]
    public async Task Ack_FromAnotherConnection_EvenOfTheSameUserAtTheSameAddress_ConfirmsNothing()
    {
        var twin = _node.Connect("grace"); // a client is its connection: neither its address nor its user confirms for it
        await _sender.Say(Reliable).WithTimeout();
        await Confirm(twin, Ack(_receiver.Last)).WithTimeout();
        await Confirm(_sender, Ack(_receiver.Last)).WithTimeout();
        _node.Pass(5);

        Assert.Equal(2, _receiver.Texts.Count);
        Assert.Equal((1, 0), (Pending, Sum(c => c.ReliableConfirmed)));
    }

    [Fact]
    public async Task Ack_OfOneReceiver_DoesNotConfirmForTheOthers()
    {
        var other = _node.Connect();
        _node.Join(other.Connection, "a");
        await _sender.Say(Reliable).WithTimeout();
        Assert.Equal(Ack(_receiver.Last), Ack(other.Last)); // one id for all: it is encoded once
        await Confirm(_receiver, Ack(_receiver.Last)).WithTimeout();
        _node.Pass(5);

        Assert.Single(_receiver.Texts);
        Assert.Equal(2, other.Texts.Count);
    }

    [Fact]
    public async Task Ack_Twice_AndAfterTheMessageWasGivenUp_MeansNothing()
    {
        await _sender.Say(Reliable).WithTimeout();
        await Confirm(_receiver, Ack(_receiver.Last), Ack(_receiver.Last)).WithTimeout();
        await Confirm(_receiver, Ack(_receiver.Last)).WithTimeout();
        Assert.Equal((0, 1), (Pending, Sum(c => c.ReliableConfirmed)));

        await _sender.Say(Reliable).WithTimeout();
        _node.Pass(60);
        await Confirm(_receiver, Ack(_receiver.Last)).WithTimeout();
        Assert.Equal((0, 1, 1), (Pending, Sum(c => c.ReliableConfirmed), Sum(c => c.ReliableGivenUp)));
    }

    [Fact]
    public async Task Ack_AMillionUnknownIds_LeaveNothingAndAnswerNothing()
    {
        await _sender.Say(Reliable).WithTimeout();
        var known = Ack(_receiver.Last);
        string[] unknown = [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? $"m-{i}" : $"{known[..16]}{i:D5}A")];
        var message = $$"""{"type":"ack","ids":["{{string.Join("\",\"", unknown)}}"]}""";
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 1000; i++)
        {
            await _receiver.Say(message).WithTimeout();
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 * 1024 * 1024);
        Assert.Single(_receiver.Texts);
        Assert.Equal((1, 0), (Pending, Sum(c => c.ReliableConfirmed)));
        Assert.False(_receiver.Connection.IsClosing);
    }

    [Fact]
    public async Task Connection_Ends_NothingComesAgainAndTheWheelIsEmpty()
    {
        await _sender.Say(Reliable).WithTimeout();
        await _sender.Say(Reliable).WithTimeout();
        Assert.Equal(2, Pending);
        await _receiver.Connection.EndAsync().WithTimeout();

        Assert.Equal((0, 2), (Pending, Sum(c => c.ReliableAbandoned)));
        _node.Pass(60);
        Assert.Equal(2, _receiver.Texts.Count);
        Assert.Equal(0, Sum(c => c.ReliableGivenUp));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_Closes_NothingComesAgain(bool byPeer)
    {
        await _sender.Say(Reliable).WithTimeout();
        if (byPeer)
        {
            _receiver.Connection.CloseByPeer(1000, "");
        }
        else
        {
            _receiver.Connection.Close(CloseCodes.Disconnected, "bye");
        }

        Assert.Equal((0, 1), (Pending, Sum(c => c.ReliableAbandoned)));
        _node.Pass(60);
        Assert.Single(_receiver.Texts);
    }

    [Fact]
    public async Task Transport_Fails_NothingComesAgain()
    {
        await _sender.Say(Reliable).WithTimeout();
        _receiver.Output.Refuse();
        _node.Pass(5);

        Assert.Equal((0, 1), (Pending, Sum(c => c.ReliableAbandoned)));
    }

    [Fact]
    public async Task OverMaxPending_ClosesWith4100_AndSaysWhy()
    {
        for (var i = 0; i < 3; i++)
        {
            await _sender.Say(Reliable).WithTimeout();
        }

        Assert.False(_receiver.Connection.IsClosing);
        await _sender.Say(Reliable).WithTimeout();

        Assert.Equal(CloseCodes.SlowReader, _receiver.Output.Frames[^1].CloseCode);
        Assert.Equal((CloseCodes.SlowReader, "The connection confirms too slowly."), (_receiver.Connection.CloseCode, _receiver.Connection.CloseReason));
        Assert.Equal(0, _receiver.Connection.Rooms.Count);
        Assert.Equal((0, 1, 0), (Pending, Sum(c => c.ReliableOverflows), Sum(c => c.SlowReaders)));
    }

    [Fact]
    public async Task OverMaxPendingBytes_TheSame_ButNotForASingleMessage()
    {
        using var node = new TestNode(options => options.Reliable.MaxPendingBytes = 100_000);
        var (sender, receiver) = (node.Connect(), node.Connect());
        Assert.All(new[] { sender, receiver }, client => node.Join(client.Connection, "a"));
        ValueTask Send(int bytes) => sender.Say($$"""{"type":"broadcast","room":"a","payload":"{{new string('x', bytes)}}","reliable":true}""");

        for (var i = 0; i < 10; i++) // what is confirmed counts no more
        {
            await Send(60_000).WithTimeout();
            await receiver.Say($$"""{"type":"ack","id":"{{Ack(receiver.Texts[^1])}}"}""").WithTimeout();
        }

        await Send(110_000).WithTimeout();
        node.Pass(60); // nor what is given up
        await Send(60_000).WithTimeout();
        await Send(30_000).WithTimeout();
        Assert.False(receiver.Connection.IsClosing);

        await Send(20_000).WithTimeout();
        Assert.Equal((CloseCodes.SlowReader, "The connection confirms too slowly."), (receiver.Connection.CloseCode, receiver.Connection.CloseReason));
        Assert.Equal(0, node.Node.Lanes.All[0].Retries.Pending);
    }

    [Fact]
    public async Task ReaderStandsStill_NoCopiesPileUp_AndItComesOnceItReads()
    {
        _receiver.Output.Block();
        await _sender.Say(Reliable).WithTimeout();
        _node.Pass(30);
        Assert.Single(_receiver.Output.Writes);
        Assert.Equal(0, Sum(c => c.ReliableRetried));

        _receiver.Output.Unblock();
        _node.Pass(1);
        Assert.Equal([0, 2], _receiver.Texts.Select(Attempt));
    }

    [Fact]
    public async Task ManyLargeOnesFallDueTogether_AReaderWhoReadsIsNotClosed()
    {
        using var node = new TestNode(options => (options.Reliable.MaxPending, options.Reliable.MaxPendingBytes) = (500, 16 * 1024 * 1024));
        var (sender, receiver) = (node.Connect(), node.Connect());
        Assert.All(new[] { sender, receiver }, client => node.Join(client.Connection, "a"));
        for (var i = 0; i < 200; i++)
        {
            await sender.Say($$"""{"type":"broadcast","room":"a","payload":"{{new string('x', 60_000)}}","reliable":true}""").WithTimeout();
        }

        node.Pass(4);
        receiver.Output.Block();
        node.Pass(1); // 12 MB are due, and the transport takes nothing for the moment
        Assert.InRange(receiver.Connection.Outbox.Bytes, 60_000, 400_000);
        receiver.Output.Unblock();
        node.Pass(50);

        Assert.False(receiver.Connection.IsClosing);
        Assert.Equal(200, receiver.Texts.Count(text => Attempt(text) == 2));
    }

    [Fact]
    public async Task Namespace_IsReliable_EveryMessageIs_ButThoseThatMayBeLost()
    {
        await _sender.Say("""{"type":"broadcast","room":"sure:a","payload":1}""").WithTimeout();
        await _sender.Say("""{"type":"broadcast","room":"sure:a","payload":2,"ephemeral":true}""").WithTimeout();
        await _sender.Say("""{"type":"broadcast","room":"a","payload":3}""").WithTimeout();

        Assert.Equal([true, false, false], _receiver.Texts.Select(text => text.Contains("\"ack\"")));
        await _sender.Say("""{"type":"broadcast","id":"1","room":"a","payload":1,"ephemeral":true,"reliable":true}""").WithTimeout();
        Assert.Contains("\"code\":\"invalid_message\"", _sender.Last);
    }

    [Fact]
    public async Task Send_AndTheApplication_MayAskForIt()
    {
        await _sender.Say("""{"type":"send","to":"grace","payload":1,"reliable":true}""").WithTimeout();
        await _node.Application.SendAsync("grace", Payload.FromJson("2"), reliable: true);
        await _node.Application.BroadcastAsync("a", Payload.FromBinary(new byte[] { 1, 2 }), "e", reliable: true);
        Assert.Equal(4, Pending); // the sender is a member of the room too

        _node.Pass(5);
        Assert.Equal(6, _receiver.Output.Frames.Count);
        Assert.Contains("\"attempt\":2,\"type\":\"message\",\"room\":\"a\"", System.Text.Encoding.UTF8.GetString(_receiver.Output.Frames[^1].Payload, 2, 60));
    }

    [Fact]
    public async Task Order_IsNotHeldUp_ByWhatIsUnconfirmed()
    {
        await _sender.Say(Reliable).WithTimeout();
        await _sender.Say("""{"type":"broadcast","room":"a","payload":"later"}""").WithTimeout();
        _node.Pass(5);

        Assert.Equal([0, 0, 2], _receiver.Texts.Select(Attempt));
        Assert.Contains("later", _receiver.Texts[1]);
    }

    [Fact]
    public async Task Replayed_IsNotTracked()
    {
        await _sender.Say(Reliable).WithTimeout();
        var frame = WsCore.Dispatch.Publication.Make(new() { JsonRoom = "a"u8, Time = 1, Payload = "1"u8 }, reliable: true);
        _receiver.Connection.Outbox.Append(frame, track: false);

        Assert.Equal(1, Pending);
    }

    [Fact]
    public void Tick_NothingPending_LanesAreLeftAlone()
    {
        var turns = Sum(c => c.Turns);
        _node.Pass(10);

        Assert.Equal(turns, Sum(c => c.Turns));
    }

    [Fact]
    public async Task Leave_OfSeveralRooms_LeavesEachOfThem()
    {
        await _receiver.Say("""{"type":"join","rooms":["x","y","z"]}""").WithTimeout();
        await _receiver.Say("""{"type":"leave","id":"1","rooms":["nowhere","x","a","x","z"]}""").WithTimeout();

        Assert.Equal("""{"type":"ack","id":"1"}""", _receiver.Last);
        Assert.Equal(["sure:a", "user:grace", "y"], _node.Rooms.All().Where(room => _receiver.Connection.Rooms.Find(room) is not null).Select(room => room.Name.Text).Order());
    }

    private int Pending
    {
        get
        {
            var pending = 0;
            foreach (var lane in _node.Node.Lanes.All)
            {
                pending += lane.Retries.Pending;
            }

            return pending;
        }
    }

    private long Sum(Func<LaneCounters, long> read)
    {
        long sum = 0;
        foreach (var lane in _node.Node.Lanes.All)
        {
            sum += read(lane.Counters);
        }

        return sum;
    }

    private static ValueTask Confirm(TestConnection client, params string[] ids) => client.Say(
        ids is [var one] ? $$"""{"type":"ack","id":"{{one}}"}""" : $$"""{"type":"ack","ids":["{{string.Join("\",\"", ids)}}"]}""");

    private static string Ack(string text) => JsonElement.Parse(text).GetProperty("ack").GetString()!;

    private static int Attempt(string text) => JsonElement.Parse(text).TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0;
}
