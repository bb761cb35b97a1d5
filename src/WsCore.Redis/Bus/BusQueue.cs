using System.Threading.Channels;
using WsCore.Backplane;
using WsCore.Redis.Link;

namespace WsCore.Redis.Bus;

/// <summary>What waits to be published: bounded, in order, and pipelined by one pump.</summary>
/// <remarks>
/// <see cref="TryAdd"/> and the properties are thread-safe and never block. Bounds: <paramref name="capacity"/> messages (and a few) and <see cref="MaxBytes"/>; what finds it full is not taken. While there is no session it keeps
/// what it has, and publishes it when there is one. What was handed to Redis and not confirmed is not published again, for it may have arrived: it is counted as dropped.
/// </remarks>
/// <param name="capacity">In messages.</param>
/// <param name="session">Completes with a session that can be used.</param>
/// <param name="metrics">Counts what went and what was lost.</param>
internal sealed class BusQueue(int capacity, Func<CancellationToken, ValueTask<RedisSession>> session, LinkMetrics metrics)
{
    public const long MaxBytes = 64 << 20;

    // Of each batch only the last is confirmed, which confirms the others: answers come in order. No task per message.
    private const int Batch = 128;
    private const int BatchBytes = 512 << 10; // what the client library holds for a Redis that does not read: as many of these as batches, and a message each
    private const int Batches = 8;

    // Whoever found room is believed to have it: what is accepted is not to be dropped because several asked at once.
    private const int Beyond = 1_000;
    private const long BytesBeyond = 8 << 20;

    private readonly Channel<(Topic Topic, byte[] Envelope)> _queue =
        Channel.CreateBounded<(Topic, byte[])>(new BoundedChannelOptions(capacity + Beyond) { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly SemaphoreSlim _window = new(Batches);
    private long _bytes;

    public int Count => _queue.Reader.Count;

    public bool HasRoom => Count < capacity && Volatile.Read(ref _bytes) < MaxBytes - BytesBeyond;

    public bool TryAdd(Topic topic, byte[] envelope)
    {
        if (Interlocked.Add(ref _bytes, envelope.Length) - envelope.Length >= MaxBytes || !_queue.Writer.TryWrite((topic, envelope)))
        {
            Interlocked.Add(ref _bytes, -envelope.Length);
            return false;
        }

        return true;
    }

    /// <summary>The pump; runs until it is cancelled.</summary>
    public async Task PumpAsync(CancellationToken cancel)
    {
        while (await _queue.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            await _window.WaitAsync(cancel).ConfigureAwait(false);
            var current = await session(cancel).ConfigureAwait(false);
            var (count, bytes) = (0, 0);
            (Topic Topic, byte[] Envelope) last = (default, []);
            while (count < Batch && bytes < BatchBytes && _queue.Reader.TryRead(out var next))
            {
                if (count > 0)
                {
                    current.PublishUnconfirmed(last.Topic, last.Envelope);
                }

                (last, count, bytes) = (next, count + 1, bytes + next.Envelope.Length);
                Interlocked.Add(ref _bytes, -next.Envelope.Length);
            }

            _ = ConfirmAsync(current, last.Topic, last.Envelope, count);
        }
    }

    private async Task ConfirmAsync(RedisSession session, Topic topic, byte[] envelope, int count)
    {
        try
        {
            await session.PublishAsync(topic, envelope).ConfigureAwait(false);
            metrics.Published(count);
        }
        catch (Exception e) when (e is UnavailableException or RefusedCommandException)
        {
            metrics.Dropped(count, "not_confirmed");
            session.Lose(broken: true);
        }
        finally
        {
            _window.Release();
        }
    }
}
