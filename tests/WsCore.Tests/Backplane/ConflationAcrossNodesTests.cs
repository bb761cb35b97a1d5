using System.Text.Json;
using WsCore.Access;
using WsCore.Conflation;
using WsCore.Namespaces;
using WsCore.TestKit.Backplane;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Backplane;

/// <summary>What leaves a conflated room on one node goes through the conflation of the others, by the same key.</summary>
public sealed class ConflationAcrossNodesTests : IDisposable
{
    private readonly JoinedBackplanes _joined = new();
    private readonly TestNode _here;
    private readonly TestNode _there;
    private readonly TestConnection _sender;
    private readonly TestConnection _near;
    private readonly TestConnection _far;

    public ConflationAcrossNodesTests()
    {
        _here = Add();
        _there = Add();
        (_sender, _near, _far) = (Connect(_here), Connect(_here), Connect(_there));
    }

    public void Dispose() => _joined.Dispose();

    [Fact]
    public async Task OnlyWhatLeavesIsPublished()
    {
        for (var i = 1; i <= 5; i++)
        {
            await Say(_sender, i);
        }

        Pass(100);
        Assert.Equal(["1", "5"], Heard(_near));
        Assert.Equal(2, Published(_here));
        Pass(100);

        Assert.Equal(["1", "5"], Heard(_far));
        Assert.Equal(0, Published(_there));
    }

    [Theory]
    [InlineData(""","key":"EUR" """)]
    [InlineData("")]
    public async Task AtMostOnePerKeyLeavesThereInEachInterval_HoweverManyArrive(string key)
    {
        await Say(_sender, 1, key);
        Pass(100, deliver: false);
        for (var i = 2; i <= 6; i++)
        {
            await Say(_sender, i, key);
            Pass(100, deliver: false); // they were on the way for half a second, and arrive together
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6"], Heard(_near));
        _joined.Deliver();
        Assert.Equal(["1"], Heard(_far));
        Pass(100);
        Assert.Equal(["1", "6"], Heard(_far));
    }

    [Fact]
    public async Task OneKeyOnTwoNodes_IsOneKey_AndOnlyOnesOwnIsPublished()
    {
        var third = Connect(_there);
        await Say(_sender, 1, ""","key":"EUR" """);
        _joined.Deliver();
        await Say(third, 2, ""","key":"EUR" """);
        Assert.Equal(["1"], Heard(_far)); // the window that the foreign one opened
        Pass(100);

        Assert.Equal(["1", "2"], Heard(_far));
        Assert.Equal((1, 1), (Published(_here), Published(_there)));
        Pass(100);
        Assert.Equal(["1", "2"], Heard(_near));
    }

    [Fact]
    public async Task AForeignMessage_ReplacesOnesOwnThatWaits_AndIsNotPublishedAgain()
    {
        var third = Connect(_there);
        await Say(third, 1, ""","key":"EUR" """);
        await Say(third, 2, ""","key":"EUR" """); // waits
        await Say(_sender, 3, ""","key":"EUR" """);
        _joined.Deliver();
        Pass(300);

        Assert.Equal(["1", "3"], Heard(_far));
        Assert.Equal((1, 1), (Published(_here), Published(_there)));
    }

    [Fact]
    public async Task WithoutKeys_ConnectionsOfTwoNodesAreTwo_AndTheApplicationIsOne()
    {
        var third = Connect(_there);
        await Say(_sender, 1);
        await Say(third, 2);
        await _here.Application.BroadcastAsync("cursors:a", Payload.FromJson("3")).AsTask().WithTimeout();
        _joined.Deliver();
        Assert.Equal(["2", "1", "3"], Heard(_far));
        await _there.Application.BroadcastAsync("cursors:a", Payload.FromJson("4")).AsTask().WithTimeout();
        Assert.Equal(3, _far.Texts.Count); // the application's window, of which node ever
        Pass(100);

        Assert.Equal(["2", "1", "3", "4"], Heard(_far));
    }

    [Fact]
    public async Task LastMemberHereLeaves_WhatWaitsGoesToTheOthers()
    {
        await _near.Say("""{"type":"leave","room":"cursors:a"}""").WithTimeout();
        await Say(_sender, 1);
        await Say(_sender, 2);
        await _sender.Say("""{"type":"leave","room":"cursors:a"}""").WithTimeout();
        _joined.Deliver();
        Pass(100);

        Assert.Equal(["1", "2"], Heard(_far));
        await Say(_sender, 3); // and where nobody is here it goes at once, to be conflated there
        await Say(_sender, 4);
        Pass(200);
        Assert.Equal(["1", "2", "4"], Heard(_far));
        Assert.Equal(0, _here.Rooms.Count);
    }

    [Fact]
    public async Task TooManyKeys_WhatWaitsLeavesEarly_AndIsPublished()
    {
        for (var i = 0; i < RoomConflation.MaxKeys; i++)
        {
            await Say(_sender, i, $",\"key\":\"{i}\"");
            await Say(_sender, 10_000 + i, $",\"key\":\"{i}\"");
        }

        Assert.Equal(RoomConflation.MaxKeys, Published(_here));
        await Say(_sender, 20_000, ""","key":"one more" """);

        Assert.Equal((2 * RoomConflation.MaxKeys) + 1, Published(_here));
        _joined.Deliver();
        Pass(100);
        Assert.Equal(Heard(_near).Count, Heard(_far).Distinct().Count());
    }

    private TestNode Add() => _joined.Add(options => options.Namespaces["cursors"] = new NamespaceOptions { Conflate = TimeSpan.FromMilliseconds(100), Publish = PublishRule.Anyone });

    private static TestConnection Connect(TestNode node)
    {
        var client = node.Connect();
        node.Join(client.Connection, "cursors:a");
        return client;
    }

    private int Published(TestNode node) => _joined.Of(node).Published.Count;

    private void Pass(int milliseconds, bool deliver = true)
    {
        for (var i = 0; i < milliseconds; i++)
        {
            _joined.Clock.Advance(TimeSpan.FromMilliseconds(1));
            if (deliver)
            {
                _joined.Deliver();
            }
        }
    }

    private static List<string> Heard(TestConnection client) => [.. client.Texts.Select(text => JsonElement.Parse(text).GetProperty("payload").GetRawText())];

    private static Task Say(TestConnection client, int number, string more = "") =>
        client.Say($$"""{"type":"broadcast","room":"cursors:a","payload":{{number}}{{more}}}""").WithTimeout();
}
