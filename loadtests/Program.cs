using System.Runtime.InteropServices;
using WsCore.LoadTests.Commands;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    if (!stop.IsCancellationRequested) // the second time it ends at once
    {
        pressed.Cancel = true;
        stop.Cancel();
    }
};
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
return await new LoadProgram(Console.Out, Console.Error, isTerminal: !Console.IsOutputRedirected).RunAsync(args, stop.Token);
