using System.Globalization;
using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>What comes from the server: told to the checker, and followed.</summary>
internal sealed partial class ChaosClient
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(1);

    private void Take(Incoming message, TaskCompletionSource welcome)
    {
        lock (_lock)
        {
            _heard = Now;
            switch (message.Type)
            {
                case "welcome":
                    Connection = message.Connection!;
                    _plan.Checker.Connected(Index, Connection);
                    welcome.SetResult();
                    break;
                case "message":
                    TakeMessage(message);
                    break;
                case "ack" or "error" when message.Id is { } id:
                    TakeAnswer(message, id);
                    break;
                case "error":
                    _plan.Checker.Report(ViolationKind.Refused, $"client {Index} got the error {message.Code} for nothing");
                    break;
                case "joined" or "left":
                    _plan.Checker.Announced(Index, message.Room!, message.Type == "joined", message.Connection!, message.Count);
                    break;
                case "removed":
                    _plan.Checker.Left(Index, message.Room!);
                    Array.Find(_rooms, room => room.Rules.Name == message.Room)!.IsJoined = false;
                    break;
                case "reconnect":
                    _leaveAt = Now + TimeSpan.FromMilliseconds(message.After);
                    break;
                default:
                    break;
            }
        }
    }

    private void TakeMessage(Incoming message)
    {
        var id = new MessageId(message.Payload);
        _plan.Checker.Message(Index, message.Room!, PositionOf(message), id);
        if (Array.Find(_rooms, room => room.Rules.Name == message.Room) is { } room)
        {
            Reach(room, PositionOf(message), id);
        }
    }

    private void TakeAnswer(Incoming message, string id)
    {
        switch (id[0])
        {
            case 'b':
                TakeBroadcast(message, new MessageId(long.Parse(id.AsSpan(1), CultureInfo.InvariantCulture)));
                break;
            case 'm':
                _questions[id].TrySetResult(message.Members);
                break;
            default:
                TakeMembership(message, RoomOf(int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture)), joins: id[0] == 'j');
                break;
        }
    }

    private void TakeBroadcast(Incoming message, MessageId id)
    {
        if (_pending.Find(one => one.Id == id) is not { } pending)
        {
            _plan.Checker.Report(ViolationKind.Refused, $"client {Index} got two answers for {id}");
            return;
        }

        if (message.Type == "ack")
        {
            _plan.Checker.Acked(Index, id, PositionOf(message), message.Duplicate);
            _pending.Remove(pending);
            Reach(pending.Room, message.Duplicate ? null : PositionOf(message), id);
        }
        else
        {
            _plan.Checker.Refused(Index, id, message.Code!);
            if (pending.Room.Rules.KeepsHistory)
            {
                (pending.SentAt, pending.DueAt) = (null, Now + Retry(message));
            }
            else
            {
                _pending.Remove(pending);
            }
        }

        _wake.Release();
    }

    private void TakeMembership(Incoming message, ClientRoom room, bool joins)
    {
        room.IsAsking = false;
        if (message.Type == "error")
        {
            _plan.Checker.Refused(Index, room.Rules.Name, joins ? "a join" : "a leave", message.Code!);
            room.JoinAt = Now + Retry(message);
        }
        else if (joins)
        {
            _plan.Checker.Joined(Index, room.Rules.Name, room.Since, PositionOf(message), message.Recovered, message.Members, message.Count);
            room.IsJoined = true;
            room.Start = PositionOf(message);
            room.Position = message.Recovered == true ? room.Since : PositionOf(message);
            _wake.Release();
        }
        else
        {
            _plan.Checker.Left(Index, room.Rules.Name);
            room.IsJoined = false;
            room.JoinAt = Now + (_random.NextDouble() * TimeSpan.FromSeconds(2));
        }
    }

    private void Reach(ClientRoom room, RoomPosition? position, MessageId id)
    {
        if (position is not null && room.IsJoined)
        {
            room.Position = position;
        }

        if (id == _plan.Marker(room.Index))
        {
            room.Seen = id;
        }
    }

    private static RoomPosition? PositionOf(Incoming message) => message is { Epoch: { } epoch, Seq: { } seq } ? new RoomPosition(epoch, seq) : null;

    private static TimeSpan Retry(Incoming message) =>
        TimeSpan.FromMilliseconds(Math.Clamp(message.RetryAfter ?? 200, ShortestRetry.TotalMilliseconds, LongestRetry.TotalMilliseconds));
}
