using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Text;
using WsCore.Connections;
using WsCore.Diagnostics;
using WsCore.Dispatch;
using WsCore.Namespaces;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Measure;
using WsCore.TestKit.Time;
using Xunit.Abstractions;

namespace WsCore.Tests.Dispatch;

/// <summary>A broadcast costs the same memory for ten receivers and for ten thousand: nothing is allocated per receiver.</summary>
public sealed class BroadcastAllocationTests(ITestOutputHelper log)
{
    private const int Few = 10;
    private const int Many = 10_000;
    private const int WarmUp = 50;
    private const int Rounds = 100;
    private const int SmallConstant = 512; // bytes per broadcast, for what else a busy process does; one object a receiver would be 240,000

    private static readonly byte[] Message =
        Encoding.UTF8.GetBytes("""{"type":"broadcast","id":"1","room":"chat:1","event":"line","payload":{"text":"hello, world"}}""");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Publish_PerBroadcast_DoesNotDependOnTheReceivers(int lanes)
    {
        var (few, many) = (Measure(Few, lanes, Publish), Measure(Many, lanes, Publish));

        log.WriteLine($"Room.Publish, {lanes} lanes: {few} bytes for {Few} receivers, {many} bytes for {Many}");
        Assert.InRange(many - few, -SmallConstant, SmallConstant);
        Assert.InRange(few, 0, SmallConstant); // the frame is made before
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Broadcast_PerMessage_DoesNotDependOnTheReceivers(int lanes)
    {
        var (few, many) = (Measure(Few, lanes, Dispatch), Measure(Many, lanes, Dispatch));

        log.WriteLine($"broadcast with ack, {lanes} lanes: {few} bytes for {Few} receivers, {many} bytes for {Many}");
        Assert.InRange(many - few, -SmallConstant, SmallConstant);
        Assert.InRange(few, 0, 600); // the frame and the ack, each an object and an array
    }

    [Fact]
    public void Broadcast_ToARoomThatKeepsHistory_DoesNotDependOnTheReceiversEither()
    {
        var (few, many) = (Measure(Few, lanes: 1, Dispatch, history: 10), Measure(Many, lanes: 1, Dispatch, history: 10));

        log.WriteLine($"broadcast with ack and history: {few} bytes for {Few} receivers, {many} bytes for {Many}");
        Assert.InRange(many - few, -SmallConstant, SmallConstant);
        Assert.InRange(few, 0, 1500); // besides, the draft and what makes its answer
    }

    [Fact]
    public async Task Broadcast_AllReceivers_AreHandedTheSameBytes()
    {
        using var node = new TestNode(lanes: 4);
        TestConnection[] clients = [.. Enumerable.Range(0, 100).Select(_ => node.Connect())];
        Assert.All(clients, client => node.Join(client.Connection, "chat:1"));

        await clients[0].Say("""{"type":"broadcast","room":"chat:1","payload":1}""").WithTimeout();

        var arrays = clients[1..].Select(client => MemoryMarshal.TryGetArray(Assert.Single(client.Output.Memories), out var segment) ? segment.Array : null);
        Assert.NotNull(Assert.Single(arrays.Distinct(ReferenceEqualityComparer.Instance)));
    }

    [Fact]
    public void Broadcast_ToOneMemberInEachOfManyRooms_AllocatesNoMoreThanToOneRoom()
    {
        const int Rooms = 5000;
        using var node = new TestNode(options => options.Namespaces["chat"] = new() { Publish = PublishRule.Anyone });
        var outputs = Enumerable.Range(0, Rooms).Select(_ => new CountingOutput()).ToArray();
        var messages = Enumerable.Range(0, Rooms).Select(i => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Message).Replace("chat:1", $"chat:{i}", StringComparison.Ordinal))).ToArray();
        Assert.All(outputs.Index(), pair => node.Join(node.Make(pair.Item), $"chat:{pair.Index}"));
        var (sender, dispatcher, next) = (node.Make(new CountingOutput()), node.Get<Dispatcher>(), 0);

        var allocated = Allocations.Least(Rooms, () => Assert.True(dispatcher.DispatchAsync(sender, messages[next++ % Rooms], binary: false).IsCompletedSuccessfully));

        log.WriteLine($"broadcast with ack to each of {Rooms} rooms: {allocated / Rooms} bytes");
        Assert.All(outputs, output => Assert.Equal(next / Rooms, output.Writes));
        Assert.InRange(allocated / Rooms, 0, 600);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Broadcast_WhileEverythingIsMeasured_AllocatesNoMore(int lanes)
    {
        var measured = 0L;
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => measured++);
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => measured++);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => measured++);
        listener.Start();

        var (few, many) = (Measure(Few, lanes, Dispatch, prepare: Listen), Measure(Many, lanes, Dispatch, prepare: Listen));

        log.WriteLine($"measured broadcast with ack, {lanes} lanes: {few} bytes for {Few} receivers, {many} bytes for {Many}");
        Assert.True(measured > 2 * Rounds * (2 + (3 * lanes)), "hardly anything was measured");
        Assert.InRange(many - few, -SmallConstant, SmallConstant);
        Assert.InRange(few, 0, 600);

        void Listen(TestNode node)
        {
            foreach (var instrument in Published(node.Get<WsCoreMetrics>().Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        }
    }

    private static Action<TestNode, Connection> Publish
    {
        get
        {
            var frame = TestFrames.Text("hello, world");
            return (node, sender) => node.Rooms.Find("chat:1"u8)!.Publish(frame, sender, reply: null);
        }
    }

    private static Action<TestNode, Connection> Dispatch
    {
        get
        {
            Dispatcher? dispatcher = null;
            return (node, sender) =>
                Assert.True((dispatcher ??= node.Get<Dispatcher>()).DispatchAsync(sender, Message, binary: false).IsCompletedSuccessfully);
        }
    }

    private static List<Instrument> Published(Meter meter)
    {
        var found = new List<Instrument>();
        using var finder = new MeterListener();
        finder.InstrumentPublished = (instrument, _) => found.AddRange(instrument.Meter == meter ? [instrument] : []);
        finder.Start();
        return found;
    }

    /// <summary>Bytes per round that this thread allocates; all turns run on it.</summary>
    private static long Measure(int receivers, int lanes, Action<TestNode, Connection> round, int history = 0, Action<TestNode>? prepare = null)
    {
        using var node = new TestNode(options => options.Namespaces["chat"] = new() { History = { Size = history } }, lanes: lanes);
        prepare?.Invoke(node);
        CountingOutput[] outputs = [.. Enumerable.Range(0, receivers).Select(_ => new CountingOutput())];
        Connection[] connections = [.. outputs.Select(output => node.Make(output))];
        Assert.All(connections, connection => node.Join(connection, "chat:1"));
        for (var i = 0; i < WarmUp; i++)
        {
            round(node, connections[0]);
        }

        var rounds = WarmUp;
        var allocated = Allocations.Least(Rounds, () =>
        {
            round(node, connections[0]);
            rounds++;
        });

        Assert.All(outputs[1..], output => Assert.Equal(rounds, output.Writes));
        return allocated / Rounds;
    }
}
