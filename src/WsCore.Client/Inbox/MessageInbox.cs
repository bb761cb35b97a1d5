using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WsCore.Client.Inbox;

/// <summary>Messages between the one who reads the socket and the one who handles them.</summary>
internal sealed class MessageInbox(int size, IInboxOwner owner)
{
    private readonly Channel<Message> _channel = Channel.CreateBounded<Message>(new BoundedChannelOptions(size) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private int _isBeingRead;

    /// <summary>There is place for half of it again.</summary>
    public bool IsHalfEmpty => _channel.Reader.Count <= size / 2;

    public bool TryAdd(Message message) => _channel.Writer.TryWrite(message);

    public void Complete() => _channel.Writer.TryComplete();

    /// <exception cref="InvalidOperationException">Somebody reads already.</exception>
    public async IAsyncEnumerable<Message> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _isBeingRead, 1) == 1)
        {
            throw new InvalidOperationException("Messages have one reader: somebody reads them already.");
        }

        try
        {
            while (await _channel.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (_channel.Reader.TryRead(out var message))
                {
                    owner.Taken();
                    var isHandled = false;
                    try
                    {
                        yield return message;
                        isHandled = true; // the next one was asked for
                    }
                    finally
                    {
                        if (message.ReliableId is { } id)
                        {
                            owner.Handled(id, isHandled);
                        }
                    }
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isBeingRead, 0);
        }
    }
}
