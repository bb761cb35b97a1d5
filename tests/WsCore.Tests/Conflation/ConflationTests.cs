using System.Text.Json;
using WsCore.Access;
using WsCore.Conflation;
using WsCore.Namespaces;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Conflation;

/// <summary>In a conflated room only the newest message of a key leaves in each interval.</summary>
public sealed class ConflationTests : IDisposable
{
    private readonly TestNode _node = new(
        options => options.Namespaces["cursors"] = new NamespaceOptions { Conflate = TimeSpan.FromMilliseconds(100), Publish = PublishRule.Anyone }, lanes: 2);

    private readonly TestConnection _sender;
    private readonly TestConnection _receiver;

    public ConflationTests()
    {
        _sender = _node.Connect(lane: 0);
        _receiver = _node.Connect(lane: 1);
        Assert.All(new[] { _sender, _receiver }, client => _node.Join(client.Connection, "cursors:a"));
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task FirstLeavesAtOnce_TheNewestAtTheEndOfTheInterval_AndNothingBetween()
    {
        await Say(_sender, 1);
        Assert.Equal(["1"], Heard);
        Pass(30);
        await Say(_sender, 2);
        await Say(_sender, 3);
        Pass(69);
        Assert.Equal(["1"], Heard);
        Pass(1);
        Assert.Equal(["1", "3"], Heard);

        await Say(_sender, 4); // that one opened the next interval
        Pass(99);
        Assert.Equal(["1", "3"], Heard);
        Pass(1);
        Assert.Equal(["1", "3", "4"], Heard);
        Assert.Equal(1, Conflator.Replaced);
    }

    [Fact]
    public async Task AfterASilentInterval_TheKeyIsForgottenAndTheNextLeavesAtOnce()
    {
        await Say(_sender, 1);
        Pass(100);
        Assert.Equal((0, 0), (Conflator.Open, _node.Clock.ArmedTimers));
        await Say(_sender, 2);

        Assert.Equal(["1", "2"], Heard);
    }

    [Fact]
    public async Task WithoutAKey_EachConnectionIsItsOwn()
    {
        var other = _node.Connect();
        await Say(_sender, 1);
        await Say(other, 2);
        await Say(_sender, 3);
        await Say(other, 4);
        Assert.Equal(["1", "2"], Heard);
        Pass(100);

        Assert.Equal(["1", "2", "3", "4"], Heard);
    }

    [Fact]
    public async Task WithAKey_ItIsTheKeyThatCounts_WhoeverSends()
    {
        var other = _node.Connect();
        await Say(_sender, 1, ""","key":"EUR" """);
        await Say(other, 2, ""","key":"EUR" """);
        await Say(_sender, 3, ""","key":"USD" """);
        await Say(_sender, 4, ""","key":"EUR" """);
        Assert.Equal(["1", "3"], Heard);
        Pass(100);

        Assert.Equal(["1", "3", "4"], Heard);
    }

    [Theory]
    [InlineData("EUR", "\\u0045UR")]
    [InlineData("😀", "\\ud83d\\uDE00")]
    [InlineData("a/b", "a\\/b")]
    public async Task OneKey_InSeveralSpellings_IsOneKey(string plain, string escaped)
    {
        await Say(_sender, 1, $",\"key\":\"{plain}\"");
        await Say(_sender, 2, $",\"key\":\"{escaped}\"");
        await _node.Application.BroadcastAsync("cursors:a", Payload.FromJson("3"), key: plain);

        Assert.Equal(["1"], Heard);
    }

    [Fact]
    public async Task Application_WithoutAKey_SharesOne()
    {
        for (var i = 1; i <= 3; i++)
        {
            await _node.Application.BroadcastAsync("cursors:a", Payload.FromJson($"{i}"));
        }

        await _node.Application.BroadcastAsync("cursors:a", Payload.FromJson("4"), key: "k");
        Pass(100);

        Assert.Equal(["1", "4", "3"], Heard);
        await Assert.ThrowsAsync<ArgumentException>(() => _node.Application.BroadcastAsync("cursors:a", Payload.FromJson("1"), reliable: true).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => _node.Application.BroadcastAsync("cursors:a", Payload.FromJson("1"), key: "").AsTask());
    }

    [Fact]
    public async Task Echo_IsRespected_AtOnceAndAtTheEnd()
    {
        await Say(_sender, 1);
        await Say(_sender, 2, ""","echo":true""");
        Pass(100);
        await Say(_sender, 3);
        Pass(100);

        Assert.Equal(["2"], _sender.Texts.Select(PayloadOf));
        Assert.Equal(["1", "2", "3"], Heard);
    }

    [Fact]
    public async Task Ack_ComesAtOnce()
    {
        await Say(_sender, 1);
        await Say(_sender, 2, ""","id":"7" """);

        Assert.Equal("""{"type":"ack","id":"7"}""", Assert.Single(_sender.Texts));
    }

    [Fact]
    public async Task Reliable_IsRefused()
    {
        await Say(_sender, 1, ""","id":"7","reliable":true""");

        Assert.Contains("\"code\":\"invalid_message\"", _sender.Last);
        Assert.Contains("'reliable' must not be true in a conflated room", _sender.Last);
        Assert.Empty(_receiver.Texts);
    }

    [Fact]
    public async Task TooManyKeys_WhatWaitsLeavesEarly_AndNothingIsLost()
    {
        for (var i = 0; i < RoomConflation.MaxKeys; i++)
        {
            await Say(_sender, i, $",\"key\":\"{i}\"");
            await Say(_sender, 10_000 + i, $",\"key\":\"{i}\"");
        }

        Assert.Equal((RoomConflation.MaxKeys, 0), (Conflator.Open, Conflator.Early));
        Assert.Equal(RoomConflation.MaxKeys, Heard.Count);
        await Say(_sender, 20_000, ""","key":"one more" """);

        Assert.Equal((1, RoomConflation.MaxKeys), (Conflator.Open, Conflator.Early));
        Assert.Equal((2 * RoomConflation.MaxKeys) + 1, Heard.Distinct().Count());
        Assert.Equal("20000", Heard[^1]);
    }

    [Fact]
    public async Task RoomEmpties_WhatWaitsIsForgotten()
    {
        await Say(_sender, 1);
        await Say(_sender, 2);
        Assert.Equal(1, Conflator.Open);
        var room = _node.Rooms.Find("cursors:a"u8)!;
        await _sender.Say("""{"type":"leave","room":"cursors:a"}""").WithTimeout();
        await _receiver.Say("""{"type":"leave","room":"cursors:a"}""").WithTimeout();

        Assert.Equal((0, 0), (Conflator.Open, _node.Rooms.Count));
        room.Conflation!.Publish(TestFrames.Text("late"), default, _sender.Connection, except: null);
        Assert.Equal(0, Conflator.Open);
        Pass(100);
        Assert.Equal(0, _node.Clock.ArmedTimers);
        Assert.Equal(["1"], Heard);
    }

    [Fact]
    public async Task SeveralRooms_ShareOneTimer()
    {
        string[] rooms = [.. Enumerable.Range(0, 50).Select(i => $"cursors:{i}")];
        foreach (var room in rooms)
        {
            _node.Join(_receiver.Connection, room);
            await Say(_sender, 1, room: room);
            await Say(_sender, 2, room: room);
            Pass(1);
        }

        Assert.Equal(1, _node.Clock.ArmedTimers);
        Assert.Equal(50, Heard.Count);
        Pass(100);
        Assert.Equal(100, Heard.Count);
    }

    [Fact]
    public async Task Frames_AreEphemeral()
    {
        _receiver.Output.Block();
        await Say(_sender, 1);
        for (var i = 0; i < 100; i++)
        {
            await Say(_sender, i, $",\"key\":\"{i}\",\"event\":\"{new string('x', 60)}\"", payload: $"\"{new string('x', 60_000)}\"");
        }

        Pass(2_000);
        for (var i = 0; i < 100; i++)
        {
            await Say(_sender, i, payload: $"\"{new string('x', 60_000)}\"");
            Pass(100);
        }

        Assert.False(_receiver.Connection.IsClosing); // a slow reader loses them, not its connection
        Assert.True(_receiver.Connection.Outbox.Lane.Counters.DroppedEphemeral > 0);
    }

    [Fact]
    public async Task Threads_PublishAtOnce_TheNewestOfEachIsTheLast()
    {
        using var node = new TestNode(options => options.Namespaces["cursors"] = new NamespaceOptions { Conflate = TimeSpan.FromMilliseconds(10) }, lanes: 2);
        var receiver = node.Connect();
        node.Join(receiver.Connection, "cursors:a");
        TestConnection[] senders = [.. Enumerable.Range(0, 4).Select(_ => node.Connect())];
        Assert.All(senders, sender => node.Join(sender.Connection, "cursors:a"));
        var over = 0;
        var clock = Task.Run(() =>
        {
            while (Volatile.Read(ref over) == 0)
            {
                node.Clock.Advance(TimeSpan.FromMilliseconds(1));
            }
        });
        await Task.WhenAll(senders.Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                await sender.Say($$"""{"type":"broadcast","room":"cursors:a","payload":{{i}}}""");
            }
        }))).WithTimeout();
        Volatile.Write(ref over, 1);
        await clock.WithTimeout();
        node.Clock.Advance(TimeSpan.FromMilliseconds(10));

        foreach (var sender in senders)
        {
            var heard = receiver.Texts.Where(text => text.Contains($"\"{sender.Connection.Id}\"")).Select(text => int.Parse(PayloadOf(text), System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(heard.Order(), heard);
            Assert.Equal(heard.Count, heard.Distinct().Count());
            Assert.Equal(1_999, heard[^1]);
        }
    }

    private List<string> Heard => [.. _receiver.Texts.Select(PayloadOf)];

    private Conflator Conflator => Assert.Single(_node.Rooms.Conflators);

    private void Pass(int milliseconds) => _node.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private static Task Say(TestConnection client, int number, string more = "", string room = "cursors:a", string? payload = null) =>
        client.Say($$"""{"type":"broadcast","room":"{{room}}","payload":{{payload ?? $"{number}"}}{{more}}}""").WithTimeout();

    private static string PayloadOf(string text) => JsonElement.Parse(text).GetProperty("payload").GetRawText();
}
