namespace WsCore.DeployCheck;

/// <summary>Two clients on two nodes that talk without a pause, while one node is killed and then the other is stopped.</summary>
/// <param name="server">The balancer's address.</param>
/// <param name="orders">Who kills and stops.</param>
internal sealed class Scenario(Uri server, Orders orders)
{
    /// <summary>How much each says before and after each of the troubles.</summary>
    private const int Some = 40;

    private readonly string _room = $"deploy-{Guid.NewGuid():N}";

    /// <summary>True where everything held.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        await using var anna = await Talker.JoinAsync("anna", server, _room, cancellation);
        await using var bert = await JoinElsewhereAsync(anna, cancellation);
        Talker[] both = [anna, bert];
        var (first, second) = (anna.Node, bert.Node);
        orders.Tell($"two clients through the balancer, on {first} and on {second}", first == second ? ["it is the same node"] : []);

        anna.Begin(cancellation);
        bert.Begin(cancellation);
        await Until(() => anna.Arrived.Count > 0 && bert.Arrived.Count > 0, cancellation);
        orders.Tell("broadcasts cross from node to node, both ways", []);
        await MoreAsync(both, cancellation);

        await orders.DoAsync($"kill {first}", cancellation);
        await Until(() => anna.IsConnected && anna.Node == second, cancellation);
        await MoreAsync(both, cancellation);
        orders.Tell($"the client of the killed {first} goes on, on {second}", []);
        await SettleAsync(both, cancellation);

        await orders.DoAsync($"start {first}", cancellation);
        (await Witness.OnAsync(first, server, cancellation)).Dispose(); // the balancer knows that it is back
        using (var witness = await Witness.OnAsync(second, server, cancellation))
        {
            var closed = witness.WaitForCloseAsync(cancellation);
            await orders.DoAsync($"stop {second}", cancellation);
            var code = await closed;
            orders.Tell($"{second}, told to stop, closes with 4200", code == 4200 ? [] : [$"{code}"]);
        }

        await Until(() => Array.TrueForAll(both, talker => talker.IsConnected && talker.Node == first), cancellation);
        await MoreAsync(both, cancellation);
        orders.Tell($"both clients go on, on {first}", []);
        anna.End();
        bert.End();
        await SettleAsync(both, cancellation);
        return orders.AllWell;
    }

    private static async Task MoreAsync(Talker[] talkers, CancellationToken cancellation)
    {
        var enough = talkers.Select(talker => talker.Acknowledged.Count + Some).ToArray();
        await Until(() => talkers.Zip(enough).All(pair => pair.First.Acknowledged.Count >= pair.Second || pair.First.Problems.Count > 0), cancellation);
    }

    private static async Task Until(Func<bool> condition, CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!condition())
        {
            await pause.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>A second client, which the balancer puts on the other node, because that has fewer connections.</summary>
    private async Task<Talker> JoinElsewhereAsync(Talker other, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var talker = await Talker.JoinAsync("bert", server, _room, cancellation);
            if (talker.Node != other.Node || tries == 10)
            {
                return talker;
            }

            await talker.DisposeAsync();
        }
    }

    /// <summary>Takes what is acknowledged by now, waits for the last of it, and compares it with what arrived up to there.</summary>
    private async Task SettleAsync(Talker[] both, CancellationToken cancellation)
    {
        foreach (var (talker, listener) in new[] { (both[0], both[1]), (both[1], both[0]) })
        {
            var acknowledged = talker.Acknowledged;
            var last = acknowledged[^1].Number;
            await Until(() => listener.Arrived.Any(heard => heard.Talker == talker.Name && heard.Number >= last) || listener.Problems.Count > 0, cancellation);
            var arrived = listener.Arrived.Where(heard => heard.Talker != talker.Name || heard.Number <= last).ToList();
            orders.Tell(
                $"all {acknowledged.Count} messages of {talker.Name} that were acknowledged came to {listener.Name} once, in order, each where its ack said",
                [.. talker.Problems, .. listener.Problems, .. Journal.Problems(acknowledged, arrived)]);
        }
    }
}
