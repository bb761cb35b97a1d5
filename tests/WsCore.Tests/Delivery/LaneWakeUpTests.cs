using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;
using Xunit.Abstractions;

namespace WsCore.Tests.Delivery;

/// <summary>No post is lost, whoever owns the lane when it comes: ten million of them, from many threads, over the pool.</summary>
public sealed class LaneWakeUpTests(ITestOutputHelper log)
{
    private const int Threads = 8;
    private const int Lanes = 2;
    private const int OutboxesPerLane = 3;
    private const int PostsPerThread = 1_250_000;
    private const int SampleEvery = 64;
    private const int FrameBytes = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3); // a hang's bound; it takes seconds

    [Fact]
    public async Task TenMillionPosts_FromManyThreads_AllArriveOnceAndInOrder()
    {
        var pool = new PoolScheduler(NullLogger<PoolScheduler>.Instance);
        var lanes = new Lanes(new LaneOptions { Count = Lanes }, pool, TimeProvider.System);
        var outputs = new SamplingOutput[Lanes * OutboxesPerLane];
        var outboxes = new Outbox[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = new SamplingOutput();
            outboxes[i] = new Outbox(lanes.All[i % Lanes], outputs[i], new RecordingOwner(), new OutboxBounds(1024 * 1024, 1024 * 1024));
        }

        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () => Publish(thread, outboxes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).WithTimeout(Limit);
        await Eventually.Equal((long)Threads * PostsPerThread, () => outputs.Sum(output => output.Frames), timeout: Limit);

        log.WriteLine($"{(long)Threads * PostsPerThread:N0} posts in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        log.WriteLine($"{outputs.Sum(output => output.Writes):N0} writes, turns: {string.Join(", ", lanes.All.ToArray().Select(lane => $"{lane.Counters.Turns:N0}"))}");
        for (var thread = 0; thread < Threads; thread++)
        {
            Assert.Equal(PostsPerThread, outputs.Sum(output => output.PerThread[thread]));
        }

        Assert.All(outputs, output => Assert.Equal(0, output.OutOfOrder));
        Assert.Equal(Threads * (PostsPerThread / SampleEvery), outputs.Sum(output => output.Samples));
        Assert.All(lanes.All.ToArray(), lane => Assert.Equal(0, lane.Waiting));
    }

    private static void Publish(int thread, Outbox[] outboxes)
    {
        var plain = Make(thread, 0);
        var first = thread; // each thread begins elsewhere
        for (var i = 1; i <= PostsPerThread; i++)
        {
            var outbox = outboxes[(first + i) % outboxes.Length];
            if (outbox.Lane.IsCongested)
            {
                Assert.True(outbox.Lane.WaitAsync().Wait(Limit));
            }

            outbox.Lane.Post(LaneItem.Send(outbox, i % SampleEvery == 0 ? Make(thread, i) : plain));
        }
    }

    private static Frame Make(int thread, int number)
    {
        var frame = Frame.Create(Opcode.Binary, FrameBytes - 2, (thread, number), static (payload, state) =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(payload, state.thread);
            BinaryPrimitives.WriteInt32LittleEndian(payload[4..], state.number);
        });
        Assert.Equal(FrameBytes, frame.Length);
        return frame;
    }

    /// <summary>Counts frames by thread and follows the numbers of the numbered ones.</summary>
    private sealed class SamplingOutput : IOutput
    {
        private readonly int[] _last = new int[Threads];
        private long _frames;

        public long Frames => Volatile.Read(ref _frames);

        public long[] PerThread { get; } = new long[Threads];

        public long Samples { get; private set; }

        public long OutOfOrder { get; private set; }

        public long Writes { get; private set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
        {
            for (var rest = frames.Span; !rest.IsEmpty; rest = rest[FrameBytes..])
            {
                var thread = BinaryPrimitives.ReadInt32LittleEndian(rest[2..]);
                var number = BinaryPrimitives.ReadInt32LittleEndian(rest[6..]);
                PerThread[thread]++;
                if (number != 0)
                {
                    Samples++;
                    OutOfOrder += number > _last[thread] ? 0 : 1;
                    _last[thread] = number;
                }
            }

            Writes++;
            Volatile.Write(ref _frames, _frames + (frames.Length / FrameBytes));
            return default;
        }

        public void Abort()
        {
        }
    }
}
