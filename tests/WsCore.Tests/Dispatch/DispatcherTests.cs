using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Access;
using WsCore.Framing;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Dispatch;

/// <summary>What a client says and what it and others hear.</summary>
public sealed class DispatcherTests : IDisposable
{
    private readonly TestNode _node = new(
        options =>
        {
            options.Limits.MaxRoomsPerConnection = 3;
            options.Namespaces["presence"] = new NamespaceOptions { Presence = true };
            options.Namespaces["open"] = new NamespaceOptions { Publish = PublishRule.Anyone };
            options.Namespaces["news"] = new NamespaceOptions { Publish = PublishRule.Server };
            options.Namespaces["small"] = new NamespaceOptions { MaxMembers = 1 };
        },
        lanes: 2);

    private readonly TestConnection _client;
    private readonly TestConnection _other;

    public DispatcherTests()
    {
        _client = _node.Connect();
        _other = _node.Connect("u2");
        _node.Join(_other.Connection, "user:u2");
    }

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("{", "parse_error")]
    [InlineData("[]", "invalid_message")]
    [InlineData("""{"type":"nonsense","id":"1"}""", "unknown_type")]
    [InlineData("""{"type":"auth","id":"1","token":"t"}""", "unknown_type")]
    [InlineData("""{"type":"broadcast","id":"1","room":"a","payload":1}""", "not_joined")]
    [InlineData("""{"type":"broadcast","id":"1","room":"user:u2","payload":1}""", "forbidden")]
    [InlineData("""{"type":"broadcast","id":"1","room":"news:a","payload":1}""", "forbidden")]
    [InlineData("""{"type":"members","id":"1","room":"presence:a"}""", "not_joined")]
    [InlineData("""{"type":"call","id":"1","method":"m","payload":1}""", "not_found")]
    [InlineData("""{"type":"join","id":"1","room":"user:u2"}""", "forbidden")]
    [InlineData("""{"type":"leave","id":"1","room":"user:u2"}""", "forbidden")]
    [InlineData("""{"type":"join","id":"1","room":"Bad:name"}""", "invalid_message")]
    public async Task BadRequest_GetsOneErrorAndDoesNothing(string json, string code)
    {
        await _client.Say(json).WithTimeout();

        var error = Assert.Single(_client.Texts);
        Assert.StartsWith("""{"type":"error",""", error);
        Assert.Contains($"\"code\":\"{code}\"", error);
        Assert.Empty(_other.Texts);
        Assert.Equal(1, _node.Rooms.Count);
        Assert.False(_client.Connection.IsClosing);
    }

    [Fact]
    public async Task Broadcast_ReachesTheOthersThenTheAck()
    {
        await Join("a");
        await _client.Say("""{"type":"broadcast","id":"1","room":"a","event":"line","payload":{"x":1}}""").WithTimeout();

        Assert.Equal("""{"type":"ack","id":"1"}""", _client.Last);
        Assert.Matches("""^\{"type":"message","room":"a","from":\{"connection":"c1"\},"event":"line","time":\d+,"payload":\{"x":1\}\}$""", _other.Last);
    }

    [Fact]
    public async Task Broadcast_WithEcho_ComesBackBeforeTheAck()
    {
        await Join("a");
        await _client.Say("""{"type":"broadcast","id":"1","room":"a","echo":true,"payload":1}""").WithTimeout();

        Assert.Contains("\"type\":\"message\"", _client.Texts[^2]);
        Assert.Contains("\"type\":\"ack\"", _client.Last);
    }

    [Fact]
    public async Task Broadcast_ToSeveralRooms_OneIsRefused_NobodyGetsAnything()
    {
        await Join("a");
        await _client.Say("""{"type":"broadcast","id":"1","rooms":["a","b"],"payload":1}""").WithTimeout();

        Assert.Contains("\"code\":\"not_joined\"", _client.Last);
        Assert.Contains("b: ", _client.Last);
        Assert.Empty(_other.Texts);
    }

    [Fact]
    public async Task Broadcast_ToAnyonesRoomWhereNobodyIs_IsAcknowledged()
    {
        await _client.Say("""{"type":"broadcast","id":"1","room":"open:a","payload":1}""").WithTimeout();

        Assert.Equal("""{"type":"ack","id":"1"}""", _client.Last);
        Assert.Null(_node.Rooms.Find("open:a"u8));
    }

    [Fact]
    public async Task Broadcast_LaneIsCongested_WaitsAndIsThenDelivered()
    {
        var scheduler = new WsCore.TestKit.Delivery.ManualLaneScheduler();
        using var node = new TestNode(options => options.Lanes.InboxItems = 16, scheduler: scheduler);
        var (sender, member) = (node.Connect(), node.Connect());
        Assert.All(new[] { sender, member }, client => node.Join(client.Connection, "a"));
        for (var i = 0; i < 20; i++)
        {
            member.Connection.Send(WsCore.TestKit.Delivery.TestFrames.Text("x"));
        }

        var saying = sender.Say("""{"type":"broadcast","id":"1","room":"a","payload":1}""").AsTask();
        Assert.False(saying.IsCompleted);
        scheduler.RunAll();
        await saying.WithTimeout();
        scheduler.RunAll();

        Assert.Equal(21, member.Texts.Count);
        Assert.Contains("\"ack\"", sender.Last);
    }

    [Fact]
    public async Task Send_ReachesEveryConnectionOfTheUser_TheAckTellsNothing()
    {
        var second = _node.Connect("u2");
        _node.Join(second.Connection, "user:u2");
        await _client.Say("""{"type":"send","id":"1","to":"u2","payload":"psst"}""").WithTimeout();
        await _client.Say("""{"type":"send","id":"2","to":"nobody","payload":"psst"}""").WithTimeout();

        Assert.Equal(["""{"type":"ack","id":"1"}""", """{"type":"ack","id":"2"}"""], _client.Texts);
        Assert.All(new[] { _other, second }, client => Assert.Contains("\"to\":\"u2\"", Assert.Single(client.Texts)));
    }

    [Fact]
    public async Task Join_OverTheLimitOfRooms_TooManyRooms_ThePersonalRoomDoesNotCount()
    {
        await _other.Say("""{"type":"join","id":"1","rooms":["a","b","c","d","a"]}""").WithTimeout();

        Assert.Equal(4, _other.Connection.Rooms.Count);
        Assert.Contains("""{"room":"c"},{"room":"d","code":"too_many_rooms",""", _other.Last);
        Assert.EndsWith("""{"room":"a"}]}""", _other.Last); // joining again is harmless, also at the limit
    }

    [Fact]
    public async Task Join_FullRoom_IsForbidden()
    {
        _node.Join(_other.Connection, "small:a");
        await _client.Say("""{"type":"join","id":"1","room":"small:a"}""").WithTimeout();

        Assert.Contains("\"code\":\"forbidden\"", _client.Last);
    }

    [Fact]
    public async Task Members_PageByPage_EverybodyOnce()
    {
        await _client.Say("""{"type":"join","room":"presence:a"}""").WithTimeout();
        for (var i = 0; i < 24; i++)
        {
            await _node.Connect(i % 3 == 0 ? null : $"user {i:D2}").Say("""{"type":"join","room":"presence:a"}""").WithTimeout();
        }

        var seen = new List<string>();
        var after = "";
        for (var more = true; more;)
        {
            await _client.Say($$"""{"type":"members","id":"1","room":"presence:a","limit":7{{(after.Length > 0 ? $",\"after\":\"{after}\"" : "")}}}""").WithTimeout();
            using var answer = System.Text.Json.JsonDocument.Parse(_client.Last);
            Assert.Equal(25, answer.RootElement.GetProperty("count").GetInt32());
            foreach (var member in answer.RootElement.GetProperty("members").EnumerateArray())
            {
                after = member.TryGetProperty("user", out var user) ? user.GetString()! : member.GetProperty("connection").GetString()!;
                seen.Add(after);
            }

            more = answer.RootElement.TryGetProperty("more", out var said) && said.GetBoolean();
            Assert.True(seen.Count <= 25);
        }

        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public async Task Ping_IsAnswered_AckIsIgnored()
    {
        await _client.Say("""{"type":"ack","id":"7"}""").WithTimeout();
        await _client.Say("""{"type":"ping","id":"1"}""").WithTimeout();

        Assert.StartsWith("""{"type":"pong","id":"1","time":""", Assert.Single(_client.Texts));
    }

    [Fact]
    public async Task Hooks_ReplaceRefuseAnswerAndFail()
    {
        using var node = new TestNode(build: builder => builder.AddHooks<Application>());
        var (client, other) = (node.Connect(), node.Connect());
        await client.Say("""{"type":"join","id":"1","rooms":["a","private:b"]}""").WithTimeout();
        Assert.Contains("""{"room":"a"},{"room":"private:b","code":"forbidden","message":"no"}""", client.Last);
        node.Join(other.Connection, "a");

        await client.Say("""{"type":"broadcast","id":"2","room":"a","payload":"replace"}""").WithTimeout();
        Assert.EndsWith("\"payload\":\"replaced\"}", other.Last);
        Assert.Equal("""{"type":"ack","id":"2","stored":7}""", client.Last);

        await client.Say("""{"type":"broadcast","id":"3","room":"a","payload":"refuse"}""").WithTimeout();
        Assert.Contains("\"code\":\"my_code\"", client.Last);
        Assert.Single(other.Texts);

        await client.Say("""{"type":"broadcast","id":"4","room":"a","payload":"throw"}""").WithTimeout();
        Assert.Contains("\"code\":\"internal_error\"", client.Last);
        Assert.DoesNotContain("secret", client.Last);

        await client.Say("""{"type":"call","id":"5","method":"add","payload":[1,2]}""").WithTimeout();
        Assert.Equal("""{"type":"ack","id":"5","payload":3}""", client.Last);
    }

    [Fact]
    public async Task Hook_ConnectionIsDisconnectedDuringItsJoin_NothingIsLeft()
    {
        using var node = new TestNode(build: builder => builder.AddHooks<Disconnecting>());
        var client = node.Connect();
        await client.Say("""{"type":"join","id":"1","room":"a"}""").WithTimeout();

        Assert.Equal(Opcode.Close, client.Output.Frames[^1].Opcode);
        Assert.Equal(0, node.Rooms.Count);
        Assert.Equal(0, client.Connection.Rooms.Count);
        Assert.Equal(0, client.Connection.Outbox.Bytes);
    }

    private async Task Join(string room)
    {
        await _client.Say($$"""{"type":"join","id":"0","room":"{{room}}"}""").WithTimeout();
        Assert.Equal($$"""{"type":"ack","id":"0","room":"{{room}}"}""", _client.Last);
        _node.Join(_other.Connection, room);
    }

    private sealed class Application : Hooks
    {
        public override ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation)
        {
            if (context.Room.StartsWith("private:", StringComparison.Ordinal))
            {
                context.Refuse("no");
            }

            return default;
        }

        public override async ValueTask BroadcastingAsync(BroadcastContext context, CancellationToken cancellation)
        {
            await Task.Yield();
            switch (Encoding.UTF8.GetString(context.Payload.Bytes.Span))
            {
                case "\"replace\"":
                    context.Payload = Payload.FromText("replaced");
                    context.AddToAck("stored", Payload.FromJson("7"));
                    break;
                case "\"refuse\"":
                    context.Refuse("my_code", "no");
                    break;
                default:
                    throw new InvalidOperationException("secret");
            }
        }

        public override ValueTask CallingAsync(CallContext context, CancellationToken cancellation)
        {
            context.Reply(Payload.FromJson("3"));
            return default;
        }
    }

    private sealed class Disconnecting : Hooks
    {
        public override ValueTask JoiningAsync(JoinContext context, CancellationToken cancellation)
        {
            context.Connection.Close(CloseCodes.Disconnected, "bye");
            return default;
        }
    }
}
