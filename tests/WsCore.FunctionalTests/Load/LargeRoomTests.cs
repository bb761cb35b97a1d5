using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Load;

/// <summary>A room of 10,000: it serves, it empties, and nothing of it stays.</summary>
/// <remarks>The connections are real from the reader to the outbox; only the sockets are not, of which a process may not have so many.</remarks>
[Collection(HeavyLoadGroup.Name)]
public sealed class LargeRoomTests
{
    private const int Members = 10_000;

    [Fact]
    public async Task A_room_of_ten_thousand_serves_empties_and_leaves_nothing()
    {
        await using var application = await TestApplication.StartAsync(); // without presence, which tells everybody of everybody
        var connections = await FillAndEmptyAsync(application);

        Assert.Equal(0, application.Node.Rooms.Count);
        Assert.Equal(0, application.Node.Connections.Count);
        Assert.Empty(application.Node.Rooms.All());
        await Eventually.Is(() => Collected(connections), "every connection is collected");
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task A_thousand_real_sockets_that_are_cut_leave_nothing_either()
    {
        const int Sockets = 1000;
        await using var application = await TestApplication.StartAsync();
        var sockets = new RawWebSocket[Sockets];
        await Parallel.ForAsync(0, Sockets, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            sockets[i] = await application.ConnectRawAsync();
            await sockets[i].SendTextAsync("""{"type":"join","id":"1","rooms":["a","b"]}""");
            await sockets[i].ReceiveJsonAsync();
        });
        var connections = References(application);
        Assert.Equal(Sockets, connections.Count);
        for (var i = 0; i < Sockets; i++)
        {
            if (i % 2 == 0)
            {
                sockets[i].Reset();
            }

            await sockets[i].DisposeAsync();
        }

        await application.IsEmptyAsync();
        Assert.Equal(0, application.Node.Rooms.Count);
        await Eventually.Is(() => Collected(connections), "every connection is collected");
    }

    // A method of its own, so that no local of the test keeps a connection alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> FillAndEmptyAsync(TestApplication application)
    {
        var host = application.Services.GetRequiredService<ConnectionHost>();
        var members = new InProcess[Members];
        for (var i = 0; i < Members; i++)
        {
            members[i] = new InProcess(host, i % 3 == 0 ? null : $"user {i / 3}");
            await members[i].SendAsync(RawOpcode.Text, """{"type":"join","id":"1","rooms":["big:1","big:2"]}""");
        }

        await Eventually.Equal(2 * (((Members + 2) / 3) + (Members / 3)), () => application.WsCore.Members("big:1").Count + application.WsCore.Members("big:2").Count);
        Assert.Equal(Members, application.Node.Connections.Count);

        var before = Frames(application);
        await application.WsCore.BroadcastAsync("big:1", Payload.FromJson("1"));
        await members[0].SendAsync(RawOpcode.Text, """{"type":"broadcast","room":"big:2","payload":2}""");
        await Eventually.Equal(Members + Members - 1, () => (int)(Frames(application) - before));

        // half of them say goodbye, half are just gone, and all at the same time
        await Parallel.ForAsync(0, Members, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            if (i % 2 == 0)
            {
                await members[i].SendAsync(RawOpcode.Close, "");
            }
            else
            {
                await members[i].BreakAsync();
            }
        });
        await Task.WhenAll(members.Select(member => member.Served)).WithTimeout();
        return [.. members.Select(member => member.Reference)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> References(TestApplication application) => [.. application.Node.Connections.Select(connection => new WeakReference(connection))];

    private static long Frames(TestApplication application)
    {
        long frames = 0;
        foreach (var lane in application.Node.Lanes.All)
        {
            frames += lane.Counters.Frames;
        }

        return frames;
    }

    private static bool Collected(List<WeakReference> references)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return references.TrueForAll(reference => !reference.IsAlive);
    }

    /// <summary>A connection whose transport is a pipe to read and nothing to write to.</summary>
    private sealed class InProcess
    {
        private readonly Pipe _input = new(new PipeOptions(minimumSegmentSize: 256, useSynchronizationContext: false));

        public InProcess(ConnectionHost host, string? user)
        {
            var identity = new ConnectionIdentity(Guid.NewGuid().ToString("N"), user, new ClaimsPrincipal(new ClaimsIdentity()), null);
            var connection = host.Make(identity, new Discard(_input.Writer));
            Reference = new WeakReference(connection);
            Served = host.ServeAsync(connection, _input.Reader);
        }

        public WeakReference Reference { get; }

        public Task Served { get; }

        public async Task SendAsync(byte opcode, string text) => await _input.Writer.WriteAsync(RawFrame.Encode(opcode, Encoding.UTF8.GetBytes(text)));

        public async Task BreakAsync() => await _input.Writer.CompleteAsync(new IOException("The network is down."));
    }

    private sealed class Discard(PipeWriter input) : IOutput
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> frames) => default;

        public void Abort() => input.Complete(new IOException("cut"));
    }
}
