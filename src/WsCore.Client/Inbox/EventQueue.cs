using System.Threading.Channels;
using WsCore.Client.Diagnostics;

namespace WsCore.Client.Inbox;

/// <summary>Events for their reader, of which the newest <see cref="Size"/> are kept.</summary>
internal sealed class EventQueue
{
    public const int Size = 1000;

    private readonly Channel<ClientEvent> _channel = Channel.CreateBounded<ClientEvent>(
        new BoundedChannelOptions(Size) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, static _ => ClientMetrics.EventsDropped.Add(1));

    public void Add(ClientEvent happened) => _channel.Writer.TryWrite(happened);

    public void Complete() => _channel.Writer.TryComplete();

    public IAsyncEnumerable<ClientEvent> ReadAllAsync(CancellationToken cancellation) => _channel.Reader.ReadAllAsync(cancellation);
}
