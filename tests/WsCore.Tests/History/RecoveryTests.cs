using System.Text.Json;
using WsCore.Namespaces;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.History;

/// <summary>Rooms that keep history, through the dispatcher: numbers, places in the order, catching up.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly TestNode _node = new(options =>
    {
        options.Namespaces["default"] = new NamespaceOptions { History = { Size = 10 } };
        options.Namespaces["user"] = new NamespaceOptions { History = { Size = 10 } };
    });

    [Fact]
    public async Task Broadcast_IsNumberedFromOne_AndTheAckTakesItsPlace()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        await Join(ada);
        await Join(bob);

        await Publish(ada, 3);

        Assert.Equal(["ack 0", "message 1", "message 2", "message 3"], Seen(bob));
        Assert.Equal(["ack 0", "ack 1", "ack 2", "ack 3"], Seen(ada));
    }

    [Fact]
    public async Task Join_WithSince_ReplaysWhatWasMissedOwnMessagesIncluded_ThenLive()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 5);

        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":2} }""");
        await Publish(ada, 1);
        _node.Scheduler.RunAll();
        await Publish(ada, 1);

        Assert.Equal(["ack 5", "message 3", "message 4", "message 5", "message 6", "message 7"], Seen(bob));
        Assert.True(Json(bob.Texts[0]).GetProperty("recovered").GetBoolean());
    }

    [Theory]
    [InlineData("""{"epoch":"EPOCH","seq":999}""")] // from the future
    [InlineData("""{"epoch":"another","seq":3}""")]
    [InlineData("""{"epoch":"EPOCH","seq":4}""")] // older than what is kept
    public async Task Join_WithASinceThatCannotBeServed_IsNotRecovered_AndGetsNoPart(string since)
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 15);

        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{{since.Replace("EPOCH", epoch, StringComparison.Ordinal)}} }""");
        await Publish(ada, 1);
        _node.Scheduler.RunAll();

        Assert.Equal(["ack 15", "message 16"], Seen(bob));
        Assert.False(Json(bob.Texts[0]).GetProperty("recovered").GetBoolean());
    }

    [Theory]
    [InlineData("""{"epoch":"e","seq":-1}""")]
    [InlineData("""{"epoch":"e","seq":1.5}""")]
    [InlineData("""{"epoch":"","seq":1}""")]
    [InlineData("""{"seq":1}""")]
    [InlineData("7")]
    public async Task Join_WithASinceThatIsNone_IsInvalid(string since)
    {
        var ada = _node.Connect();

        await ada.Say($$"""{"type":"join","id":"j","room":"a","since":{{since}} }""");

        Assert.Contains("\"code\":\"invalid_message\"", Assert.Single(ada.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_OfARoomNobodyEverPublishedTo_IsRecoveredFromItsPosition()
    {
        var ada = _node.Connect();
        var epoch = await Join(ada);
        await ada.Say("""{"type":"leave","id":"l","room":"a"}""");

        await ada.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");

        Assert.Equal($$"""{"type":"ack","id":"j","room":"a","epoch":"{{epoch}}","seq":0,"recovered":true}""", ada.Last);
    }

    [Fact]
    public async Task Join_AgainWithSince_RepeatsAfterTheAck_InOrder()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Join(bob);
        await Publish(ada, 3);

        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":1} }""");
        await Publish(ada, 1);
        _node.Scheduler.RunAll();
        await Publish(ada, 1);

        Assert.Equal(["ack 0", "message 1", "message 2", "message 3", "ack 3", "message 2", "message 3", "message 4", "message 5"], Seen(bob));
    }

    [Fact]
    public async Task Join_AgainWithASinceThatCannotBeServed_GoesOnLive()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        await Join(ada);
        await Join(bob);
        await Publish(ada, 2);

        await bob.Say("""{"type":"join","id":"j","room":"a","since":{"epoch":"other","seq":1} }""");
        await Publish(ada, 1);

        Assert.Equal(["ack 0", "message 1", "message 2", "ack 2", "message 3"], Seen(bob));
    }

    [Fact]
    public async Task Join_AgainWithoutSince_WhileCatchingUp_TellsHowFarItIs_AndGoesOn()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 3);
        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":1} }""");

        await bob.Say("""{"type":"join","id":"again","room":"a"}""");
        await Publish(ada, 1);
        _node.Scheduler.RunAll();

        Assert.Equal(["ack 3", "ack 1", "message 2", "message 3", "message 4"], Seen(bob));
    }

    [Fact]
    public async Task Broadcast_WhileCatchingUp_IsAnsweredInItsPlace()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 2);

        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");
        await Publish(ada, 1); // 3
        await Publish(bob, 1); // 4, without echo
        await bob.Say("""{"type":"broadcast","id":"e","room":"a","echo":true,"payload":0}"""); // 5
        await Publish(ada, 1); // 6
        _node.Scheduler.RunAll();

        Assert.Equal(["ack 2", "message 1", "message 2", "message 3", "ack 4", "message 5", "ack 5", "message 6"], Seen(bob));
    }

    [Fact]
    public async Task Leave_WhileCatchingUp_EndsTheReplay_AndLosesNoAnswer()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 2);
        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");
        await Publish(bob, 1);

        await bob.Say("""{"type":"leave","room":"a"}""");
        await Publish(ada, 1);
        _node.Scheduler.RunAll();

        Assert.Equal(["ack 2", "ack"], Seen(bob)); // without a position: it has not seen what is before it
    }

    [Fact]
    public async Task Close_WhileCatchingUp_AnswersWithoutAPosition()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 2);
        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");
        await Publish(bob, 1); // 3: its answer is a position, but 1 and 2 have not been sent

        bob.Connection.Close(4100, "");
        _node.Scheduler.RunAll();

        Assert.Equal(["ack 2", "ack"], Seen(bob));
        Assert.Equal("""{"type":"ack","id":"p"}""", bob.Last);
    }

    [Fact]
    public async Task EphemeralMessages_HaveNoNumber_AndReachWhoIsCatchingUp()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epoch = await Join(ada);
        await Publish(ada, 1);
        await bob.Say($$"""{"type":"join","id":"j","room":"a","since":{"epoch":"{{epoch}}","seq":0} }""");

        await ada.Say("""{"type":"broadcast","room":"a","ephemeral":true,"payload":1}""");
        _node.Scheduler.RunAll();

        Assert.Equal(["ack 1", "message", "message 1"], Seen(bob));
    }

    [Fact]
    public async Task SeveralRooms_AreCaughtUpOneAfterTheOther_AndTheAcksCarryPositions()
    {
        var (ada, bob) = (_node.Connect(), _node.Connect());
        var epochs = new[] { await Join(ada, "a"), await Join(ada, "b") };
        await ada.Say("""{"type":"broadcast","id":"b","rooms":["a","b"],"payload":1}""");
        await Publish(ada, 1);

        await bob.Say($$"""{"type":"join","id":"j","rooms":[{"room":"a","since":{"epoch":"{{epochs[0]}}","seq":0} },{"room":"b","since":{"epoch":"{{epochs[1]}}","seq":0} }]}""");
        _node.Scheduler.RunAll();

        var results = Json(ada.Texts[2]).GetProperty("results").EnumerateArray().Select(result => result.GetProperty("seq").GetInt64());
        Assert.Equal([1, 1], results);
        Assert.Equal(["a 1", "a 2", "b 1"], bob.Texts.Skip(1).Select(text => $"{Json(text).GetProperty("room")} {Json(text).GetProperty("seq")}"));
    }

    [Fact]
    public async Task Send_ToAUserWhoIsAway_IsThereWhenTheUserJoinsWithSince()
    {
        var ada = _node.Connect("ada");
        await _node.Rooms.JoinAsync(ada.Connection, "user:ada"u8.ToArray());
        await ada.Say("""{"type":"join","id":"1","room":"user:ada"}""");
        var epoch = Json(ada.Last).GetProperty("epoch").GetString();
        ada.Connection.Rooms.LeaveAll();
        var bob = _node.Connect("bob");
        await bob.Say("""{"type":"send","id":"s","to":"ada","payload":"hello"}""");

        var back = _node.Connect("ada");
        await back.Say($$"""{"type":"join","id":"j","room":"user:ada","since":{"epoch":"{{epoch}}","seq":0} }""");
        _node.Scheduler.RunAll();

        Assert.Equal("""{"type":"ack","id":"s"}""", bob.Last); // the number is none of the sender's business
        Assert.Equal("hello", Json(back.Last).GetProperty("payload").GetString());
        Assert.Equal(1, Json(back.Last).GetProperty("seq").GetInt64());
    }

    public void Dispose() => _node.Dispose();

    private static async Task<string> Join(TestConnection connection, string room = "a")
    {
        await connection.Say($$"""{"type":"join","id":"j","room":"{{room}}"}""");
        return Json(connection.Last).GetProperty("epoch").GetString()!;
    }

    private static async Task Publish(TestConnection connection, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await connection.Say("""{"type":"broadcast","id":"p","room":"a","payload":0}""");
        }
    }

    private static IEnumerable<string> Seen(TestConnection connection) => connection.Texts.Select(Json).Select(json =>
        json.TryGetProperty("seq", out var seq) ? $"{json.GetProperty("type")} {seq}" : $"{json.GetProperty("type")}");

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
