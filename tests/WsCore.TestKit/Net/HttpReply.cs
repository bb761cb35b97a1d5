using System.Globalization;
using System.Text;

namespace WsCore.TestKit.Net;

/// <summary>An HTTP response as it came over the wire.</summary>
/// <param name="StatusLine">As sent, say <c>HTTP/1.1 400 Bad Request</c>.</param>
/// <param name="Headers">In the order and spelling sent, duplicates included.</param>
/// <param name="Body">Without the chunked coding; empty after a 101.</param>
internal sealed record HttpReply(string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string Version => StatusLine.Split(' ')[0];

    public int Status => int.Parse(StatusLine.Split(' ')[1], CultureInfo.InvariantCulture);

    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>The header's value, several joined with a comma and a space; null when it is not there.</summary>
    public string? this[string header]
    {
        get
        {
            var values = Headers.Where(h => h.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value);
            return values.Any() ? string.Join(", ", values) : null;
        }
    }

    public override string ToString() =>
        string.Join('\n', [StatusLine, .. Headers.Select(h => $"{h.Key}: {h.Value}"), "", BodyText]);

    /// <summary>Reads the status line and the headers; the body is left to be read.</summary>
    internal static async Task<HttpReply> ReadHeadAsync(WireReader reader)
    {
        var statusLine = await reader.ReadLineAsync("an HTTP status line");
        var headers = new List<KeyValuePair<string, string>>();
        while (await reader.ReadLineAsync("the HTTP headers") is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new InvalidDataException($"Not a header: {line}");
            }

            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return new HttpReply(statusLine, headers, []);
    }

    /// <summary>Reads the body that belongs to this head: by length, chunked, or to the end of the connection.</summary>
    internal async Task<HttpReply> WithBodyAsync(WireReader reader)
    {
        if (Status is < 200 or 204 or 304)
        {
            return this;
        }

        if (this["Transfer-Encoding"] is { } coding)
        {
            return coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? this with { Body = await ReadChunksAsync(reader) }
                : throw new InvalidDataException($"Transfer-Encoding {coding} is not known here.");
        }

        return this["Content-Length"] is { } length
            ? this with { Body = await reader.ReadAsync(int.Parse(length, CultureInfo.InvariantCulture), "the HTTP body") }
            : this with { Body = await reader.ReadToEndAsync("the HTTP body") };
    }

    private static async Task<byte[]> ReadChunksAsync(WireReader reader)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = (await reader.ReadLineAsync("a chunk's size")).Split(';')[0];
            var bytes = int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (bytes == 0)
            {
                while ((await reader.ReadLineAsync("the trailers")).Length > 0)
                {
                }

                return body.ToArray();
            }

            body.Write(await reader.ReadAsync(bytes, "a chunk"));
            await reader.ReadLineAsync("a chunk's end");
        }
    }
}
