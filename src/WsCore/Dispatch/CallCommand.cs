using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Request and response with the application.</summary>
internal sealed class CallCommand(HookRunner hooks, Replies replies) : IRepeatable
{
    public async ValueTask<Frame?> CarryOutAsync(Connection connection, Envelope envelope, OnceRequest? once)
    {
        var context = new CallContext(connection, envelope.Method!, Publication.PayloadOf(envelope));
        if (hooks.Wants(HookPoints.Calling))
        {
            await hooks.CallingAsync(context).ConfigureAwait(false);
        }

        if (context.RefusedCode is { } code)
        {
            replies.Error(connection, envelope.Id.Span, code, context.RefusedReason);
        }
        else if (context.Answer is not { } answer)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.NotFound, "'method' is not known to the application.");
        }
        else
        {
            var ack = Replies.Make((envelope.Id, answer), static (buffer, state) =>
            {
                var ack = AckWriter.Begin(buffer, state.Id.Span);
                ack.Payload(state.answer.Bytes.Span);
                ack.End();
            });
            if (!envelope.Id.IsEmpty)
            {
                connection.Send(ack);
            }

            return ack;
        }

        return null;
    }
}
