using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Answers the envelope's <c>ping</c>, which a browser's script can send where protocol pings are out of its reach.</summary>
internal sealed class PingCommand(TimeProvider time)
{
    public void Run(Connection connection, in Envelope envelope)
    {
        var pong = Replies.Make((envelope.Id, time.GetUtcNow().ToUnixTimeMilliseconds()), static (buffer, state) =>
            EnvelopeWriter.Pong(buffer, state.Id.Span, state.Item2));
        connection.Outbox.Lane.Post(LaneItem.EnvelopePong(connection.Outbox, pong));
    }
}
