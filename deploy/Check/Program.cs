using WsCore.DeployCheck;

if (args is not [var text] || !Uri.TryCreate(text, UriKind.Absolute, out var server))
{
    Console.Error.WriteLine("One argument is needed: the address of the balancer, such as ws://127.0.0.1:8080/ws.");
    return 2;
}

using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
try
{
    return await new Scenario(server, new Orders(Console.In, Console.Out)).RunAsync(patience.Token) ? 0 : 1;
}
catch (Exception exception)
{
    Console.WriteLine($"failed: {exception}");
    return 1;
}
