using System.Text.Json;
using WsCore.Framing;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.History;

/// <summary>Replays that are larger than what a reader takes at once.</summary>
public sealed class LongReplayTests : IDisposable
{
    private const int Messages = 400;
    private const int Step = 256 * 1024;

    private readonly TestNode _node = new(options => options.Namespaces["default"] = new NamespaceOptions { History = { Size = 500 } });

    [Fact]
    public async Task LongReplay_ToAReaderThatIsSlow_StaysWithinAStep()
    {
        var (ada, epoch) = await PublishedAsync();
        var bob = _node.Connect();
        bob.Output.Block();
        await JoinAsync(bob, epoch, since: 0);

        var most = 0;
        for (var turns = 0; bob.Texts.Count < Messages + 1; turns++)
        {
            _node.Scheduler.RunAll();
            most = Math.Max(most, bob.Connection.Outbox.Bytes);
            bob.Output.CompleteOne(); // one write, at most 64 KiB, at a time
            Assert.InRange(turns, 0, 10_000);
        }

        Assert.InRange(most, Step / 2, Step + (100 * 1024)); // a step and what was left of the one before
        Assert.Equal(Enumerable.Range(1, Messages), bob.Texts.Skip(1).Select(Seq));
        Assert.Equal(1006, bob.Connection.CloseCode);
        Assert.Equal(1006, ada.Connection.CloseCode);
    }

    [Fact]
    public async Task LongReplay_WhilePublishersGoOn_EndsLive()
    {
        var (ada, epoch) = await PublishedAsync();
        var bob = _node.Connect();
        bob.Output.Block();
        await JoinAsync(bob, epoch, since: 0);

        for (var published = Messages; published < Messages + 50; published++)
        {
            _node.Scheduler.RunOne();
            bob.Output.CompleteOne();
            await PublishAsync(ada);
        }

        bob.Output.Unblock();
        _node.Scheduler.RunAll();
        await PublishAsync(ada); // live by now

        Assert.Equal(Enumerable.Range(1, Messages + 51), bob.Texts.Skip(1).Select(Seq));
    }

    [Fact]
    public async Task Replay_OvertakenByForgetting_ClosesWith4100()
    {
        var (ada, epoch) = await PublishedAsync();
        var bob = _node.Connect();
        bob.Output.Block();
        await JoinAsync(bob, epoch, since: 0);
        _node.Scheduler.RunAll(); // the first step; its reader takes nothing

        for (var i = 0; i < 500; i++)
        {
            await PublishAsync(ada);
        }

        bob.Output.Unblock();
        _node.Scheduler.RunAll();

        Assert.Equal(CloseCodes.SlowReader, bob.Connection.CloseCode);
        var numbers = bob.Texts.Skip(1).Select(Seq).ToArray();
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers); // a beginning without a gap
        Assert.Contains(bob.Output.Frames, frame => frame.Opcode == Opcode.Close);
    }

    public void Dispose() => _node.Dispose();

    private async Task<(TestConnection Publisher, string Epoch)> PublishedAsync()
    {
        var ada = _node.Connect();
        await ada.Say("""{"type":"join","id":"j","room":"a"}""");
        var epoch = JsonDocument.Parse(ada.Last).RootElement.GetProperty("epoch").GetString()!;
        for (var i = 0; i < Messages; i++)
        {
            await PublishAsync(ada);
        }

        return (ada, epoch);
    }

    private static async Task PublishAsync(TestConnection publisher) =>
        await publisher.Say($$"""{"type":"broadcast","room":"a","payload":"{{new string('x', 5000)}}"}""");

    private static async Task JoinAsync(TestConnection connection, string epoch, long since) =>
        await connection.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":{{since}} } }""");

    private static int Seq(string text) => JsonDocument.Parse(text).RootElement.GetProperty("seq").GetInt32();
}
