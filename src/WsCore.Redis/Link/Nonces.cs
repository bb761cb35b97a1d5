using System.Buffers.Binary;
using System.Security.Cryptography;
using WsCore.Redis.Bus;

namespace WsCore.Redis.Link;

/// <summary>What a node sends to itself through Redis, to know that messages come back.</summary>
/// <remarks>Thread-safe. The newest few are waited for; one that comes back later proves nothing of now.</remarks>
internal sealed class Nonces(BusCodec codec, Topic topic, string node, TimeProvider time)
{
    private const int Kept = 4;

    private readonly Lock _lock = new();
    private readonly Queue<(UInt128 Id, long Sent, TaskCompletionSource Back)> _away = new(Kept);

    /// <summary>Sends one. The task completes when it is back, or never.</summary>
    public Task Send(RedisSession session)
    {
        var id = BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16));
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_away.Count == Kept)
            {
                _away.Dequeue();
            }

            _away.Enqueue((id, time.GetTimestamp(), back));
        }

        session.PublishUnconfirmed(topic, codec.Write(new BusEnvelope { Kind = BusKind.Nonce, Node = node, Id = id, Epoch = "" }));
        return back.Task;
    }

    /// <summary>How long it was away, if this is it; else null. Quick for everything else.</summary>
    public TimeSpan? TryTake(Topic from, byte[] bytes)
    {
        if (!from.Equals(topic) || !codec.TryRead(bytes, out var envelope) || envelope.Kind != BusKind.Nonce)
        {
            return null;
        }

        lock (_lock)
        {
            foreach (var (id, sent, back) in _away)
            {
                if (id == envelope.Id)
                {
                    return back.TrySetResult() ? time.GetElapsedTime(sent) : null;
                }
            }

            return null;
        }
    }
}
