using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace WsCore.TestKit.Redis;

/// <summary>One connection to Redis that speaks RESP 2: so that tests depend on no client library. One command at a time; every wait is bounded.</summary>
internal sealed class RespConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly TimeSpan _timeout;
    private Stream _stream = Stream.Null;

    private RespConnection(TimeSpan timeout) => _timeout = timeout;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="TimeoutException">Nobody answers.</exception>
    public static async Task<RespConnection> OpenAsync(string host, int port, string? password, TimeSpan timeout)
    {
        var connection = new RespConnection(timeout);
        try
        {
            await connection._client.ConnectAsync(host, port).WaitAsync(timeout, TimeProvider.System);
            connection._stream = new BufferedStream(connection._client.GetStream());
            if (password is not null)
            {
                await connection.SendAsync("AUTH", password);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>One command and its answer.</summary>
    /// <exception cref="RedisErrorException">It was refused.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="TimeoutException">No answer in time; the connection is of no use any more.</exception>
    public async Task<RedisReply> SendAsync(params string[] command)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var word in command)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n").Append(word).Append("\r\n");
        }

        return await AskAsync(Encoding.UTF8.GetBytes(request.ToString())).WaitAsync(_timeout, TimeProvider.System);
    }

    public void Dispose() => _client.Dispose();

    private async Task<RedisReply> AskAsync(byte[] request)
    {
        await _stream.WriteAsync(request);
        await _stream.FlushAsync();
        return await ReadAsync();
    }

    private async Task<RedisReply> ReadAsync()
    {
        var line = await ReadLineAsync();
        var rest = line[1..];
        switch (line[0])
        {
            case '+' or ':':
                return new RedisReply(rest);
            case '-':
                throw new RedisErrorException(rest);
            case '$':
                var length = int.Parse(rest, CultureInfo.InvariantCulture);
                if (length < 0)
                {
                    return new RedisReply(null);
                }

                var bytes = new byte[length + 2];
                await _stream.ReadExactlyAsync(bytes);
                return new RedisReply(Encoding.UTF8.GetString(bytes, 0, length));
            case '*':
                var count = int.Parse(rest, CultureInfo.InvariantCulture);
                if (count < 0)
                {
                    return new RedisReply(null);
                }

                var items = new RedisReply[count];
                for (var i = 0; i < count; i++)
                {
                    items[i] = await ReadAsync();
                }

                return new RedisReply(null, items);
            default:
                throw new InvalidDataException($"Redis answered '{line}'.");
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (line.Count < 2 || line[^1] != '\n')
        {
            await _stream.ReadExactlyAsync(next);
            line.Add(next[0]);
        }

        return Encoding.UTF8.GetString([.. line[..^2]]);
    }
}
