using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsCore.Backplane;
using WsCore.Framing;
using WsCore.Hosting;
using WsCore.TestKit.Backplane;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Backplane;

/// <summary>What the application asks of one node is done on all of them.</summary>
public sealed class NodeCommandTests : IDisposable
{
    private readonly JoinedBackplanes _joined = new();
    private readonly TestNode _here;
    private readonly TestNode _there;

    public NodeCommandTests()
    {
        _here = _joined.Add(options => options.Node = "here");
        _there = _joined.Add(options => options.Node = "there");
    }

    public void Dispose() => _joined.Dispose();

    [Fact]
    public async Task Disconnect_FindsTheConnectionOnWhicheverNode()
    {
        var (near, far) = (_here.Connect(), _there.Connect());

        Assert.True(await _here.Application.DisconnectAsync(near.Connection.Id, "Near.").AsTask().WithTimeout());
        Assert.True(await _here.Application.DisconnectAsync(far.Connection.Id, "Far.").AsTask().WithTimeout());
        Assert.False(await _here.Application.DisconnectAsync("nobody", "x").AsTask().WithTimeout());
        Assert.Equal((CloseCodes.Disconnected, "Far."), (far.Connection.CloseCode, far.Connection.CloseReason));
        Assert.Equal((CloseCodes.Disconnected, "Near."), (near.Connection.CloseCode, near.Connection.CloseReason));
    }

    [Fact]
    public async Task DisconnectUser_CountsThoseOfAllNodes()
    {
        TestConnection[] clients = [Connect(_here, "ada"), Connect(_here, "bob"), Connect(_there, "ada"), Connect(_there, "ada")];

        Assert.Equal(3, await _here.Application.DisconnectUserAsync("ada", "Banned.").AsTask().WithTimeout());
        Assert.Equal(0, await _there.Application.DisconnectUserAsync("ada", "Banned.").AsTask().WithTimeout());
        Assert.Equal([true, false, true, true], clients.Select(client => client.Connection.IsClosing));
    }

    [Fact]
    public async Task Remove_TakesOutOnWhicheverNode_AndCounts()
    {
        TestConnection[] clients = [Connect(_here, "ada", "tea"), Connect(_there, "ada", "tea"), Connect(_there, "bob", "tea"), Connect(_there, "ada")];

        Assert.Equal(2, await _here.Application.RemoveUserAsync("tea", "ada").AsTask().WithTimeout());
        Assert.Equal(0, await _here.Application.RemoveUserAsync("tea", "ada").AsTask().WithTimeout());
        Assert.True(await _here.Application.RemoveAsync("tea", clients[2].Connection.Id).AsTask().WithTimeout());
        Assert.False(await _here.Application.RemoveAsync("tea", clients[2].Connection.Id).AsTask().WithTimeout());
        _joined.Deliver();
        Assert.Equal(["removed", "removed", "removed", ""], clients.Select(client => client.Last.Contains("\"removed\"") ? "removed" : client.Last));
        Assert.Equal((0, 0), (_here.Application.Members("tea").Count, _there.Application.Members("tea").Count));
    }

    [Fact]
    public async Task OthersAreAway_TheLocalPartIsDone_AndItIsSaid()
    {
        TestConnection[] near = [Connect(_here, "ada", "tea"), Connect(_here, "bob", "tea")];
        var far = Connect(_there, "ada", "tea");
        _joined.Of(_here).Unavailable = new UnavailableException("Away.");

        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.RemoveUserAsync("tea", "bob").AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.DisconnectUserAsync("ada", "x").AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.DisconnectAsync(far.Connection.Id, "x").AsTask());
        Assert.True(await _here.Application.DisconnectAsync(near[1].Connection.Id, "x").AsTask().WithTimeout()); // nobody need be asked
        Assert.Equal((true, true, false), (near[0].Connection.IsClosing, near[1].Connection.IsClosing, far.Connection.IsClosing));
    }

    [Fact]
    public async Task Nodes_AreListedWithWhatTheyTellOfThemselves()
    {
        Connect(_here, "ada");
        Connect(_here, "bob");
        var nodes = await _there.Application.NodesAsync().AsTask().WithTimeout();

        Assert.Equal([("there", 0), ("here", 2)], nodes.Select(node => (node.Name, node.Connections)));
        Assert.Equal(2, nodes.Select(node => node.Id).Distinct().Count());
        Assert.All(nodes, node => Assert.NotEmpty(node.Version));

        using var alone = new TestNode();
        Assert.Equal(alone.Node.Id.Text, Assert.Single(await alone.Application.NodesAsync().AsTask().WithTimeout()).Id);
    }

    [Fact]
    public void Obey_WhatMakesNoSense_ConcernsNobody()
    {
        Connect(_here, "ada", "tea");
        NodeCommand[] commands =
        [
            new(NodeCommandKind.RemoveUser, "ada", "user:ada"), new(NodeCommandKind.RemoveUser, "ada", "No Room:"), new(NodeCommandKind.Remove, "a1"),
            new(NodeCommandKind.DisconnectUser, new string('x', 300)), new(NodeCommandKind.DisconnectUser, ""), new((NodeCommandKind)99, "ada"),
        ];

        Assert.All(commands, command => Assert.Equal(0, _here.Node.Sink.Obey(command)));
        Assert.Single(_here.Application.Members("tea"));
    }

    [Fact]
    public async Task HealthCheck_IsUnhealthyWhileThereIsAProblem()
    {
        var check = new NodeHealthCheck(_here.Node);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("wscore", check, HealthStatus.Unhealthy, []) };
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(context)).Status);

        _joined.Of(_here).Problem = "Redis is away.";
        var result = await check.CheckHealthAsync(context);
        Assert.Equal((HealthStatus.Unhealthy, "Redis is away."), (result.Status, result.Description));
    }

    private static TestConnection Connect(TestNode node, string user, params string[] rooms)
    {
        var client = node.Connect(user);
        Assert.All([$"user:{user}", .. rooms], room => node.Join(client.Connection, room));
        return client;
    }
}
