using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WsCore.Client.Inbox;

/// <summary>Messages between the one who reads the socket and the one who handles them.</summary>
internal sealed class MessageInbox(int size, IInboxOwner owner)
{
    private readonly Channel<Message> _channel = Channel.CreateBounded<Message>(new BoundedChannelOptions(size) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private int _isBeingRead;
    private Message? _left; // a reliable one that its reader did not handle; the reader's own

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
            while (_left is not null || await _channel.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (TryTake(out var message))
                {
                    _left = message.ReliableId is null ? null : message; // for the next reader, unless this one comes back
                    yield return message;
                    _left = null;
                    if (message.ReliableId is { } id)
                    {
                        owner.Handled(id);
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

    private bool TryTake([NotNullWhen(true)] out Message? message)
    {
        message = _left;
        if (message is null && _channel.Reader.TryRead(out message))
        {
            owner.Taken();
        }

        return message is not null;
    }
}
