using System.ComponentModel;
using System.Runtime.InteropServices;

namespace WsCore.TestKit.Processes;

/// <summary>Signals to a process by its id: what operators, orchestrators and the kernel do to it.</summary>
internal static class UnixSignal
{
    /// <summary>SIGTERM: asks it to stop.</summary>
    public static void Terminate(int process) => Send(process, 15);

    /// <summary>SIGKILL: ends it on the spot, a hung one too.</summary>
    public static void Kill(int process) => Send(process, 9);

    /// <summary>SIGSTOP: it runs no further, while its sockets stay open and take what fits into the kernel's buffers.</summary>
    public static void Hang(int process) => Send(process, OperatingSystem.IsMacOS() ? 17 : 19);

    /// <summary>SIGCONT: it goes on.</summary>
    public static void Continue(int process) => Send(process, OperatingSystem.IsMacOS() ? 19 : 18);

    private static void Send(int process, int signal)
    {
        const int NoSuchProcess = 3;
        if (Kill(process, signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
