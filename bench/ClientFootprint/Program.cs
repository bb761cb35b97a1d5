using System.Globalization;
using WsCore.Client;
using WsCore.ClientFootprint;
using WsCore.TestKit.Processes;

// bash bench/clients.sh [clients]: what an idle client of this process costs it, against a real server process. Each row is what one client has, all that is above included.
// One part a process: what the clients before leave behind would be taken for what those after need.
var (part, count) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);
var address = new Uri($"ws://{server.Address.Authority}/ws");
var time = new CountingTimeProvider();
await WarmAsync();
switch (part)
{
    case "sockets":
        await SocketsAsync();
        break;
    case "clients":
        await ClientsAsync();
        break;
    case "count":
        await CountAsync();
        break;
    default:
        throw new ArgumentException($"There is no part '{part}'.");
}

async Task SocketsAsync()
{
    using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false });
    foreach (var socket in await Crowd.BareAsync(address, 100, invoker))
    {
        socket.Abort();
    }

    var nothing = Footprint.Take();
    var sockets = await Crowd.BareAsync(address, count, invoker);
    Weigh("the platform's `ClientWebSocket` alone, with a read that waits", nothing);
    GC.KeepAlive(sockets);
}

async Task ClientsAsync()
{
    var nothing = Footprint.Take();
    var clients = await Crowd.ConnectAsync(address, count, new WsClientOptions());
    Weigh("`WsClient`, connected", nothing);
    await Crowd.JoinAsync(clients);
    Weigh("… in one room", nothing);
    var reading = Crowd.Read(clients);
    Weigh("… with readers of messages and of events that wait", nothing);
    GC.KeepAlive(reading);
}

async Task CountAsync()
{
    Footprint.CountMethods();
    var nothing = Footprint.Take(time);
    var clients = await Crowd.ConnectAsync(address, count, new WsClientOptions { Time = time });
    await Crowd.JoinAsync(clients);
    Count("`WsClient` in one room", nothing);
    var reading = Crowd.Read(clients);
    Count("… with readers of messages and of events that wait", nothing);
    await Parallel.ForEachAsync(clients, async (client, _) => await client.DisposeAsync());
    await Task.WhenAll(reading);
    Count("… disposed", nothing);
}

async Task WarmAsync()
{
    var clients = await Crowd.ConnectAsync(address, 100, new WsClientOptions());
    await Crowd.JoinAsync(clients);
    foreach (var client in clients)
    {
        await client.DisposeAsync();
    }
}

void Weigh(string what, Footprint before)
{
    var now = Footprint.Take();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {(now.Heap - before.Heap) / 1024.0 / count:0.0} | {(now.Resident - before.Resident) / 1024.0 / count:0.0} |"));
}

void Count(string what, Footprint before)
{
    var now = Footprint.Take(time);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {(now.Methods - before.Methods) / (double)count:0.0} | {(now.Timers - before.Timers) / (double)count:0.0} |"));
}
