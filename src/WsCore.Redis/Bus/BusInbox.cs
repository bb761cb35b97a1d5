using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using WsCore.Redis.Link;

namespace WsCore.Redis.Bus;

/// <summary>What arrived and waits for this node: bounded, and taken by one consumer, in order.</summary>
/// <remarks>
/// <see cref="Add"/> is thread-safe and never blocks: it runs on the thread of the client library. Bounds: <see cref="Capacity"/> messages and <see cref="MaxBytes"/>; what finds it full is dropped and counted,
/// and when half of it is free again <paramref name="overflowed"/> is called, for messages are missing. A handler that waits holds up the others: that is the back-pressure.
/// </remarks>
internal sealed partial class BusInbox(BusCodec codec, string node, LinkMetrics metrics, Action overflowed, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1); // lines about what was refused

    public const int Capacity = 65_536;
    public const long MaxBytes = 64 << 20;

    private readonly Channel<(Topic Topic, byte[] Bytes)> _inbox =
        Channel.CreateBounded<(Topic, byte[])>(new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly Func<Topic, BusEnvelope, ValueTask>?[] _handlers = new Func<Topic, BusEnvelope, ValueTask>?[(int)BusKind.Nonce + 1];
    private readonly byte[] _node = Encoding.ASCII.GetBytes(node);
    private long _bytes;
    private int _overflowed;
    private long? _told; // that something was refused

    public int Count => _inbox.Reader.Count;

    public void On(BusKind kind, Func<Topic, BusEnvelope, ValueTask> handler) => _handlers[(int)kind] = handler;

    public void Add(Topic topic, byte[] bytes)
    {
        metrics.Received();
        if (Interlocked.Add(ref _bytes, bytes.Length) - bytes.Length >= MaxBytes || !_inbox.Writer.TryWrite((topic, bytes)))
        {
            Interlocked.Add(ref _bytes, -bytes.Length);
            Volatile.Write(ref _overflowed, 1);
            metrics.Dropped(1, "inbox_full");
        }
    }

    /// <summary>The consumer; runs until it is cancelled.</summary>
    public async Task ConsumeAsync(CancellationToken cancel)
    {
        while (await _inbox.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            while (_inbox.Reader.TryRead(out var next))
            {
                Interlocked.Add(ref _bytes, -next.Bytes.Length);
                if (!BusCodec.ClaimsToBeMessageOf(next.Bytes, _node))
                {
                    if (codec.TryRead(next.Bytes, out var envelope))
                    {
                        await HandleAsync(next.Topic, envelope).ConfigureAwait(false);
                    }
                    else
                    {
                        Refuse();
                    }
                }

                if (Volatile.Read(ref _overflowed) != 0 && Count <= Capacity / 2 && Volatile.Read(ref _bytes) <= MaxBytes / 2)
                {
                    Volatile.Write(ref _overflowed, 0);
                    overflowed();
                }
            }
        }
    }

    private void Refuse()
    {
        metrics.Refused();
        if (_told is not { } told || time.GetElapsedTime(told) >= Between)
        {
            _told = time.GetTimestamp();
            Foreign(logger);
        }
    }

    private ValueTask HandleAsync(Topic topic, in BusEnvelope envelope)
    {
        if ((int)envelope.Kind >= _handlers.Length || _handlers[(int)envelope.Kind] is not { } handler)
        {
            return default; // of a newer node: nothing that this one could do
        }

        try
        {
            var handling = handler(topic, envelope);
            return handling.IsCompletedSuccessfully ? default : GuardAsync(handling, envelope.Kind);
        }
        catch (Exception e)
        {
            HandlerFailed(logger, e, envelope.Kind);
            return default;
        }
    }

    private async ValueTask GuardAsync(ValueTask handling, BusKind kind)
    {
        try
        {
            await handling.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            HandlerFailed(logger, e, kind);
        }
    }

    [LoggerMessage(EventId = 9011, Level = LogLevel.Warning, Message = "Messages came through Redis that no node with this Redis:HmacKey has sent: they are dropped and counted (wscore.bus.refused). Have all nodes of this Redis:Prefix the same key?")]
    private static partial void Foreign(ILogger logger);

    [LoggerMessage(EventId = 9010, Level = LogLevel.Error, Message = "A {Kind} that another node sent could not be handled")]
    private static partial void HandlerFailed(ILogger logger, Exception exception, BusKind kind);
}
