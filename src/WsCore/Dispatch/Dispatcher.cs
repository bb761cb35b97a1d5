using Microsoft.Extensions.Logging;
using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Diagnostics;
using WsCore.Limits;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Reads an envelope and has its command carried out.</summary>
/// <remarks>Thread-safe; the messages of one connection come one after the other. Whatever goes wrong is answered, and costs no connection.</remarks>
internal sealed partial class Dispatcher(Commands commands, Replies replies, LimitOptions limits, WsCoreMetrics metrics, ILogger<Dispatcher> logger)
{
    private readonly EnvelopeLimits _limits = new(limits.MaxJsonDepth);

    /// <summary>Carries out one message. The bytes must stay valid until the task completes.</summary>
    public ValueTask DispatchAsync(Connection connection, ReadOnlyMemory<byte> message, bool binary)
    {
        var wellFormed = binary
            ? EnvelopeReader.TryReadBinary(message, _limits, out var envelope, out var fault)
            : EnvelopeReader.TryRead(message, _limits, out envelope, out fault);
        connection.Received = metrics.MeasuresDelivery ? connection.Outbox.Lane.Now : 0;
        metrics.Received(wellFormed ? envelope.Type : MessageType.Unknown, message.Length);
        var isAck = wellFormed && envelope.Type == MessageType.Ack;
        if (!connection.Allowance.TryPay(isAck ? RateCost.OfAck(message.Length) : RateCost.Of(message.Length), out var verdict))
        {
            if (isAck)
            {
                Count(connection, verdict); // an ack is never answered; what it would have confirmed comes again
            }
            else
            {
                Refuse(connection, envelope.Id.Span, verdict);
            }

            return default;
        }

        if (!wellFormed)
        {
            replies.Error(connection, envelope.Id.Span, fault.Code, fault.Message);
            return default;
        }

        try
        {
            var running = RunAsync(connection, envelope);
            return running.IsCompletedSuccessfully ? default : AwaitAsync(running, connection, envelope.Type, envelope.Id);
        }
        catch (Exception exception)
        {
            Fail(exception, connection, envelope.Type, envelope.Id);
            return default;
        }
    }

    private ValueTask RunAsync(Connection connection, in Envelope envelope)
    {
        switch (envelope.Type)
        {
            case MessageType.Broadcast:
                return RepeatableAsync(connection, envelope, commands.Broadcast);
            case MessageType.Join:
                return commands.Join.RunAsync(connection, envelope);
            case MessageType.Leave:
                commands.Leave.Run(connection, envelope);
                return default;
            case MessageType.Send:
                return RepeatableAsync(connection, envelope, commands.Send);
            case MessageType.Members:
                return commands.Members.RunAsync(connection, envelope);
            case MessageType.State:
                return commands.State.RunAsync(connection, envelope);
            case MessageType.Online:
                return commands.Online.RunAsync(connection, envelope);
            case MessageType.Call:
                return RepeatableAsync(connection, envelope, commands.Call);
            case MessageType.History:
                return commands.History.RunAsync(connection, envelope);
            case MessageType.Ping:
                commands.Ping.Run(connection, envelope);
                return default;
            case MessageType.Ack:
                AckCommand.Run(connection, envelope);
                return default;
            default: // not a type of the protocol, or one that this version does not serve
                var fault = EnvelopeFault.UnknownType(envelope);
                replies.Error(connection, envelope.Id.Span, fault.Code, fault.Message);
                return default;
        }
    }

    private ValueTask RepeatableAsync(Connection connection, in Envelope envelope, IRepeatable command)
    {
        if (!envelope.Once.IsEmpty)
        {
            return commands.Once.RunAsync(connection, envelope, command);
        }

        var running = command.CarryOutAsync(connection, envelope, once: null);
        return running.IsCompletedSuccessfully ? default : new ValueTask(running.AsTask());
    }

    private async ValueTask AwaitAsync(ValueTask running, Connection connection, MessageType type, ReadOnlyMemory<byte> rawId)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(exception, connection, type, rawId);
        }
    }

    private void Fail(Exception exception, Connection connection, MessageType type, ReadOnlyMemory<byte> rawId)
    {
        if (connection.Closed.IsCancellationRequested && exception is OperationCanceledException)
        {
            return;
        }

        if (exception is UnavailableException unavailable)
        {
            Unavailable(logger, exception, type, connection.Id); // a store is away: that is told and counted for each request, and no error of each
            replies.Error(connection, rawId.Span, Refusal.Unavailable(unavailable));
            return;
        }

        Failed(logger, exception, type, connection.Id);
        replies.Error(connection, rawId.Span, ErrorCodes.InternalError, "The server failed to do this; it has been logged.");
    }
}
