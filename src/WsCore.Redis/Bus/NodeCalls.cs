using System.Collections.Concurrent;
using WsCore.Backplane;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Reliability;

namespace WsCore.Redis.Bus;

/// <summary>Asks all living nodes to do something and adds up their answers; and obeys what others ask, each request once.</summary>
/// <remarks>
/// Thread-safe. Bounds: <see cref="MaxOutstanding"/> requests that wait for answers, another is <c>unavailable</c>; <see cref="MaxRemembered"/> requests that were obeyed and would not be again.
/// </remarks>
internal sealed class NodeCalls(IRedisLink link, BusCodec codec, RedisKeys keys, NodeId self, TimeProvider time)
{
    /// <summary>How long the others may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public const int MaxOutstanding = 1_000;

    public const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<UInt128, Outstanding> _outstanding = new();
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _obeyed = [];
    private readonly Queue<UInt128> _oldest = new();
    private int _count;

    /// <summary>Who obeys here. Set before the first message arrives.</summary>
    public IBackplaneSink? Sink { get; set; }

    /// <summary>Requests that wait for answers now.</summary>
    public int Waiting => Volatile.Read(ref _count);

    /// <param name="command">To be obeyed by each.</param>
    /// <param name="nodes">Those that live; this one among them is not asked.</param>
    /// <returns>How many connections it concerned on those.</returns>
    /// <exception cref="UnavailableException">They cannot be reached, or one did not answer in time; it is not known whether that one has obeyed, or will.</exception>
    public async ValueTask<int> AskAsync(NodeCommand command, IEnumerable<NodeInfo> nodes)
    {
        var outstanding = new Outstanding(nodes.Select(node => node.Id).Where(id => id != self.Text));
        if (outstanding.Missing == 0)
        {
            return 0;
        }

        var id = ReliableId.Next();
        try
        {
            if (Interlocked.Increment(ref _count) > MaxOutstanding)
            {
                throw new UnavailableException("Too many commands wait for the answers of other nodes.");
            }

            _outstanding[id] = outstanding;
            if (!link.TryPublish(keys.Everybody, Envelope(id, CommandCodec.Write(command))))
            {
                throw new UnavailableException("Too many messages wait to be told to the other nodes.");
            }

            return await outstanding.Answered.WaitAsync(Patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new UnavailableException($"{outstanding.Missing} of {outstanding.Asked} other nodes did not answer within {Patience.TotalSeconds} s.", e);
        }
        finally
        {
            _outstanding.TryRemove(id, out _);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>For <see cref="BusKind.Command"/>.</summary>
    public ValueTask ReceiveAsync(BusEnvelope envelope)
    {
        if (envelope.Node == self.Text)
        {
            return default;
        }

        if (CommandCodec.TryRead(envelope.Payload, out int concerned))
        {
            if (_outstanding.TryGetValue(envelope.Id, out var outstanding))
            {
                outstanding.Answer(envelope.Node, concerned);
            }
        }
        else if (CommandCodec.TryRead(envelope.Payload, out NodeCommand? command) && IsNew(envelope.Id))
        {
            var answer = CommandCodec.Write(Sink!.Obey(command));
            link.TryPublish(keys.Node(envelope.Node), Envelope(envelope.Id, answer)); // where it cannot be told, whoever asked hears that somebody did not answer
        }

        return default;
    }

    private byte[] Envelope(UInt128 id, byte[] payload) => codec.Write(new BusEnvelope { Kind = BusKind.Command, Node = self.Text, Id = id, Payload = payload });

    // Who can write to Redis can repeat an envelope.
    private bool IsNew(UInt128 id)
    {
        lock (_gate)
        {
            if (!_obeyed.Add(id))
            {
                return false;
            }

            _oldest.Enqueue(id);
            if (_oldest.Count > MaxRemembered)
            {
                _obeyed.Remove(_oldest.Dequeue());
            }

            return true;
        }
    }

    private sealed class Outstanding
    {
        private readonly HashSet<string> _missing;
        private readonly TaskCompletionSource<int> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _concerned;

        public Outstanding(IEnumerable<string> nodes)
        {
            _missing = nodes.ToHashSet(StringComparer.Ordinal);
            Asked = _missing.Count;
        }

        public int Asked { get; }

        public int Missing
        {
            get
            {
                lock (_missing)
                {
                    return _missing.Count;
                }
            }
        }

        public Task<int> Answered => _answered.Task;

        public void Answer(string node, int concerned)
        {
            bool isLast;
            lock (_missing)
            {
                if (!_missing.Remove(node))
                {
                    return; // one that began to live meanwhile, or answered before
                }

                _concerned += concerned;
                isLast = _missing.Count == 0;
            }

            if (isLast)
            {
                _answered.TrySetResult(_concerned);
            }
        }
    }
}
