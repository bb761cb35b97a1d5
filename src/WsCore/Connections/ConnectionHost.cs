using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Delivery;
using WsCore.Diagnostics;
using WsCore.Dispatch;
using WsCore.Framing;
using WsCore.Hosting;
using WsCore.Protocol;
using WsCore.Reliability;
using WsCore.Rooms;

namespace WsCore.Connections;

/// <summary>Makes connections and serves each from its welcome to its end, whatever the transport.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class ConnectionHost(
    Node node, Dispatcher dispatcher, HookRunner hooks, GivenUpMessages givenUp, WsCoreMetrics metrics, ILogger<ConnectionHost> logger)
{
    /// <summary>Makes one, which must then be served.</summary>
    public Connection Make(ConnectionIdentity identity, IOutput output) =>
        new(identity, output, node.Lanes.Next(), OutboxBounds.From(node.Options.Outbox), node.Clock)
        {
            GivenUpMessages = givenUp,
            Allowance = node.RateLimits.Enter(identity.User, identity.RemoteAddress),
        };

    /// <summary>Serves a connection; completes when it has ended and nothing uses its transport any more. The pipe stays its owner's to complete.</summary>
    public async Task ServeAsync(Connection connection, PipeReader input)
    {
        try
        {
            await BeginAsync(connection).ConfigureAwait(false);
            var limits = new MessageLimits(node.Options.Limits.MaxMessageBytes, node.Options.Limits.MaxFragments);
            await new Session(connection, input, new MessageReader(limits), dispatcher, node.Clock).RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Failed(logger, exception, connection.Id);
            connection.Abort();
        }

        try
        {
            await connection.EndAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ClosedCallbackFailed(logger, exception, connection.Id);
        }

        Ended(connection);
    }

    /// <summary>Makes a connection known and sends its welcome. Before the first message of its is read.</summary>
    public async ValueTask BeginAsync(Connection connection)
    {
        var lane = connection.Outbox.Lane;
        lane.Post(LaneItem.Hold(connection.Outbox)); // whoever finds it from here on speaks after the welcome
        node.Connections.Add(connection);
        Opened(logger, connection.Id);
        lane.Post(LaneItem.Release(connection.Outbox, await GreetAsync(connection).ConfigureAwait(false)));
    }

    /// <summary>Forgets a connection of which nothing runs any more.</summary>
    public void Ended(Connection connection)
    {
        if (connection.Output.Lifetime is { } lifetime)
        {
            node.Lingering.Add(lifetime, node.Clock.Now);
        }

        node.RateLimits.Leave(connection.Allowance);
        node.Connections.Remove(connection);
        Ended(logger, connection.Id, connection.CloseCode);
        metrics.Closed(connection.CloseCode);
        if (hooks.Wants(HookPoints.Closed))
        {
            node.Afterwards.Add(TellClosedAsync(connection)); // the transport does not wait for it
        }
    }

    public void Refused(int status) => metrics.Refused(status);

    /// <summary>Lets the connection in, or closes it; returns the welcome of one that is let in.</summary>
    private async ValueTask<Frame?> GreetAsync(Connection connection)
    {
        if (node.IsStopping) // it began to, after the handshake was let in
        {
            connection.Close(CloseCodes.Drain, Node.StoppingReason);
            return null;
        }

        if (!node.Connections.TryAdmit(connection, node.Options.Limits.MaxConnections))
        {
            connection.Close(CloseCodes.ServerFull, "This node takes no more connections.");
            return null;
        }

        if (connection.User is not { } user)
        {
            return Welcome(connection, self: null);
        }

        // Whoever reads the welcome can be reached there.
        try
        {
            var (_, joined) = await node.Rooms.JoinAsync(connection, RoomName.Personal(user).Utf8).ConfigureAwait(false);
            return Welcome(connection, joined.Position);
        }
        catch (UnavailableException)
        {
            connection.Close(CloseCodes.Unavailable, "What the servers share is away, and with it the user's messages; connect again later.");
            return null;
        }
    }

    private Frame Welcome(Connection connection, Position? self)
    {
        var options = node.Options;
        var fields = new WelcomeFields(
            connection.Id,
            connection.User,
            node.Name,
            node.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            (long)options.Heartbeat.Interval.TotalMilliseconds,
            (long)options.Heartbeat.Timeout.TotalMilliseconds,
            options.Limits.MaxMessageBytes,
            options.Limits.MessagesPerSecond,
            options.Limits.MessagesPerSecond == 0 ? 0 : options.Limits.MessageBurst, // 0 is unlimited
            Self: self);
        return Replies.Make(fields, static (buffer, fields) => EnvelopeWriter.Welcome(buffer, fields));
    }

    private async Task TellClosedAsync(Connection connection)
    {
        try
        {
            await hooks.ClosedAsync(new ClosedContext(connection, connection.CloseCode, connection.CloseReason)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ClosedHookFailed(logger, exception, connection.Id);
        }
    }
}
