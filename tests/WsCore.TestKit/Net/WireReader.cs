using System.Net.Sockets;
using System.Text;

namespace WsCore.TestKit.Net;

/// <summary>
/// Reads bytes and lines from a connection, each read bounded in time. It reads from the stream only when it is asked
/// and has nothing left: who does not call it does not read, and the peer feels that.
/// </summary>
/// <remarks>One caller at a time. The time-out is per read of the stream, so a transfer that goes on may take longer.</remarks>
internal sealed class WireReader(Stream stream, TimeSpan timeout)
{
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Exactly <paramref name="count"/> bytes.</summary>
    /// <exception cref="EndOfStreamException">The peer closed before (FIN).</exception>
    /// <exception cref="PeerResetException">The peer reset the connection (RST).</exception>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async Task<byte[]> ReadAsync(long count, string what)
    {
        var bytes = new byte[count];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var read = TakeBuffered(bytes.AsSpan(filled));
            if (read == 0)
            {
                // What is larger than the buffer goes straight into its place.
                read = bytes.Length - filled >= _buffer.Length
                    ? await ReadStreamAsync(bytes.AsMemory(filled), what)
                    : await FillAsync(what) ? TakeBuffered(bytes.AsSpan(filled)) : 0;
            }

            if (read == 0)
            {
                throw new EndOfStreamException($"The peer closed (FIN) while {what} was awaited: {filled} of {count} bytes came.");
            }

            filled += read;
        }

        return bytes;
    }

    /// <summary>A line without its CRLF (or LF), as Latin-1.</summary>
    public async Task<string> ReadLineAsync(string what)
    {
        var line = new List<byte>();
        while (true)
        {
            var one = (await ReadAsync(1, what))[0];
            if (one == '\n')
            {
                return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one);
        }
    }

    /// <summary>Everything up to the peer's FIN; a reset throws.</summary>
    public async Task<byte[]> ReadToEndAsync(string what)
    {
        using var all = new MemoryStream();
        do
        {
            all.Write(_buffer.AsSpan(_start, _end - _start));
            _start = _end;
        }
        while (await FillAsync(what));
        return all.ToArray();
    }

    private int TakeBuffered(Span<byte> target)
    {
        var count = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(target);
        _start += count;
        return count;
    }

    private async Task<bool> FillAsync(string what)
    {
        _start = _end = 0;
        _end = await ReadStreamAsync(_buffer, what);
        return _end > 0;
    }

    private async Task<int> ReadStreamAsync(Memory<byte> target, string what)
    {
        using var deadline = new CancellationTokenSource(timeout, TimeProvider.System);
        try
        {
            return await stream.ReadAsync(target, deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing came within {timeout.TotalSeconds} s while {what} was awaited.", e);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            throw new PeerResetException($"The peer reset the connection (RST) while {what} was awaited.", e);
        }
    }
}
