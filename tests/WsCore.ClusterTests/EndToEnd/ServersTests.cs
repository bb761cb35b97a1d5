using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.EndToEnd;

/// <summary>What clients see of three servers that are one system, when one of them hangs or dies too.</summary>
public sealed class ServersTests(ServerCluster cluster) : IClassFixture<ServerCluster>
{
    [RedisFact]
    public async Task A_server_that_hung_for_longer_than_the_lease_and_goes_on_has_its_members_back_each_told_once()
    {
        await using var ada = await cluster.ConnectAsync(0, "hall:hung");
        await using var bob = await cluster.ConnectAsync(1, "hall:hung");
        await using var cid = await cluster.ConnectAsync(2, "hall:hung");
        await ada.NextIsAsync("joined", bob.Id);
        await ada.NextIsAsync("joined", cid.Id);
        await bob.NextIsAsync("joined", cid.Id);

        cluster[1].Hang();
        await ada.NextIsAsync("left", bob.Id);
        await cid.NextIsAsync("left", bob.Id);
        Assert.Equal(2, (await cid.MembersAsync("hall:hung")).Length);
        cluster[1].Continue();
        await ada.NextIsAsync("joined", bob.Id);
        await cid.NextIsAsync("joined", bob.Id);

        string[] all = [.. new[] { ada.Id, bob.Id, cid.Id }.Order(StringComparer.Ordinal)];
        foreach (var client in (ClusterClient[])[ada, bob, cid])
        {
            await Eventually.IsAsync(async () => (await client.MembersAsync("hall:hung")).SequenceEqual(all), "all know all");
        }

        await ada.AckAsync("""{"type":"leave","room":"hall:hung"}""");
        await bob.NextIsAsync("left", ada.Id); // of the others it was told nothing: they were never away
        await cid.NextIsAsync("left", ada.Id);
    }

    [RedisFact]
    public async Task The_members_of_a_killed_server_leave_when_its_lease_ends_each_told_once()
    {
        await using var ada = await cluster.ConnectAsync(0, "hall:killed");
        await using var bob = await cluster.ConnectAsync(1, "hall:killed");
        await using var cid = await cluster.ConnectAsync(2, "hall:killed");
        await ada.NextIsAsync("joined", bob.Id);
        await ada.NextIsAsync("joined", cid.Id);

        await cluster[1].KillAsync();
        await ada.NextIsAsync("left", bob.Id);
        await cid.NextIsAsync("left", bob.Id);
        await cluster.RestartAsync(1);
        await using var back = await cluster.ConnectAsync(1, "hall:killed");
        await ada.NextIsAsync("joined", back.Id);
        await cid.NextIsAsync("joined", back.Id);

        Assert.Equal(new[] { ada.Id, back.Id, cid.Id }.Order(StringComparer.Ordinal), await back.MembersAsync("hall:killed"));
        await ada.ExpectNothingAsync();
    }

    [RedisFact]
    public async Task When_Redis_hangs_for_longer_than_the_lease_nobody_is_told_to_have_left_who_has_not()
    {
        await using var ada = await cluster.ConnectAsync(0, "hall:away");
        await using var bob = await cluster.ConnectAsync(1, "hall:away");
        await ada.NextIsAsync("joined", bob.Id);

        cluster.Redis.Hang();
        await cluster.ReadyAsync(503); // a nonce was missed for 3 s, and so were the beats
        await using var cid = await cluster.ConnectAsync(1, "hall:away");
        await bob.NextIsAsync("joined", cid.Id);
        cluster.Redis.Continue();
        await cluster.ReadyAsync();
        await ada.NextIsAsync("joined", cid.Id);

        await Eventually.IsAsync(async () => (await ada.MembersAsync("hall:away")).Length == 3 && (await cid.MembersAsync("hall:away")).Length == 3);
        await bob.AckAsync("""{"type":"leave","room":"hall:away"}""");
        await ada.NextIsAsync("left", bob.Id);
        await cid.NextIsAsync("left", bob.Id);
    }

    [RedisFact]
    public async Task A_repetition_on_another_server_is_a_duplicate_and_who_comes_back_there_catches_up()
    {
        await using var ada = await cluster.ConnectAsync(0, "kept:once", "tea");
        await using var bob = await cluster.ConnectAsync(1, "kept:once", "tea");
        const string Kept = """{"type":"broadcast","room":"kept:once","payload":1,"once":"the-first-of-them-1"}""";
        const string Plain = """{"type":"broadcast","room":"tea","payload":2,"once":"the-other-of-them-2"}""";

        var (kept, plain) = (await ada.AckAsync(Kept), await ada.AckAsync(Plain));
        var (again, anew) = (await bob.AckAsync(Kept), await bob.AckAsync(Plain));

        Assert.False(kept.TryGetProperty("duplicate", out _) || plain.TryGetProperty("duplicate", out _));
        Assert.True(again.GetProperty("duplicate").GetBoolean() && anew.GetProperty("duplicate").GetBoolean());
        Assert.Equal((1, 1), (kept.GetProperty("seq").GetInt64(), again.GetProperty("seq").GetInt64()));
        string[] heard = [await bob.MessageAsync("kept:once"), await bob.MessageAsync("tea")];
        Assert.Equal(["1", "2"], heard);
        await bob.ExpectNothingAsync();

        await ada.AckAsync("""{"type":"broadcast","room":"kept:once","payload":3}""");
        await using var back = await cluster.ConnectAsync(2);
        var joined = await back.AckAsync($$$"""{"type":"join","room":"kept:once","since":{"epoch":{{{kept.GetProperty("epoch").GetRawText()}}},"seq":1}}""");
        Assert.True(joined.GetProperty("recovered").GetBoolean());
        Assert.Equal("3", await back.MessageAsync("kept:once"));
    }

    [RedisFact]
    public async Task Ephemeral_messages_and_the_newest_of_a_key_reach_other_servers()
    {
        await using var ada = await cluster.ConnectAsync(0, "kept:passing", "cursors:1");
        await using var bob = await cluster.ConnectAsync(1, "kept:passing", "cursors:1");
        await ada.AckAsync("""{"type":"broadcast","room":"kept:passing","payload":"now","ephemeral":true}""");
        var passing = await bob.NextAsync();
        Assert.Equal("now", passing.GetProperty("payload").GetString());
        Assert.False(passing.TryGetProperty("seq", out _));

        for (var i = 0; i < 40; i++)
        {
            await ada.AckAsync($$"""{"type":"broadcast","room":"cursors:1","key":"k","payload":{{i}}}""");
        }

        List<int> seen = [];
        while (seen is not [.., 39])
        {
            seen.Add(int.Parse(await bob.MessageAsync("cursors:1"), System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(seen.Order(), seen);
        Assert.InRange(seen.Count, 1, 39);
    }
}
