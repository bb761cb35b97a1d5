using WsCore.Client.Connections;
using WsCore.Client.Diagnostics;
using WsCore.Client.Requests;

namespace WsCore.Client.Sessions;

/// <content>Connections that come and go.</content>
internal sealed partial class Session
{
    void IFrameSink.Ended(Connection connection)
    {
        lock (_gate)
        {
            if (connection == _connection)
            {
                Detach();
            }
        }
    }

    /// <summary>The server welcomed a connection: it takes the place of the one before.</summary>
    private void Attach(Connection connection, Welcome welcome)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                connection.Abort(Closure.None, "The client ended meanwhile.");
                return;
            }

            if (_connection is not null)
            {
                Detach();
            }

            _connection = connection;
            Volatile.Write(ref _welcome, welcome);
            _own.Add(welcome.Connection);
            ComparePersonalRoom(welcome);
            foreach (var room in _rooms.All)
            {
                room.IsToBeAsked |= !room.IsJoined;
            }

            AskRooms();
            if (_openJoins == 0)
            {
                Ready();
            }
        }
    }

    private void Detach()
    {
        _connection = null;
        Volatile.Write(ref _isReady, false);
        _openJoins = 0;
        _leaving.Clear();
        foreach (var room in _rooms.All)
        {
            room.Lose();
        }

        foreach (var request in _pending.InOrder.Where(request => !request.IsRepeatable).ToArray())
        {
            _pending.Remove(request);
            request.Fail(new ConnectionClosedException(Closure.None, "The connection ended before the answer came; it is not known whether the request took effect."));
        }
    }

    /// <summary>The rooms are joined: whatever waited goes, in the order in which it was asked.</summary>
    private void Ready()
    {
        Volatile.Write(ref _isReady, true);
        foreach (var request in _pending.InOrder.Where(request => request.Joins is null))
        {
            if (request.IsSent)
            {
                ClientMetrics.Repeated.Add(1);
            }

            SendNow(request);
        }
        ClientMetrics.Connected.Add(1);
        _events.Add(new ConnectedEvent(_welcome!));
        _connected.TrySetResult();
    }

    private void SendNow(Request request)
    {
        if (request.Message.Bytes.Length > _welcome!.MaxMessageBytes)
        {
            _pending.Remove(request);
            request.Fail(TooLarge(request.Message.Bytes.Length));
            return;
        }
        request.IsSent = true;
        _connection!.Outbox.Add(request.Message);
    }
}
