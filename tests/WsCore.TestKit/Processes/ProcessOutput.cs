namespace WsCore.TestKit.Processes;

/// <summary>What a long-running process writes to one of its streams: its newest lines, so many at most. Safe from any thread.</summary>
internal sealed class ProcessOutput
{
    private const int MostLines = 20_000;

    private readonly Queue<string> _lines = [];
    private readonly Action<string>? _seen;

    /// <param name="reader">Read to its end, whoever waits for it.</param>
    /// <param name="seen">Called with each line, in order, never concurrently.</param>
    public ProcessOutput(TextReader reader, Action<string>? seen = null)
    {
        _seen = seen;
        Ended = ReadAsync(reader);
    }

    /// <summary>Done when the process has closed the stream.</summary>
    public Task Ended { get; }

    /// <summary>The oldest line that is kept and contains a text; null where none does.</summary>
    public string? Find(string text)
    {
        lock (_lines)
        {
            return _lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>The newest lines.</summary>
    public string Tail(int lines)
    {
        lock (_lines)
        {
            return string.Join('\n', _lines.TakeLast(lines));
        }
    }

    /// <summary>Everything that is kept.</summary>
    public override string ToString() => Tail(MostLines);

    private async Task ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > MostLines)
                {
                    _lines.Dequeue();
                }
            }

            _seen?.Invoke(line);
        }
    }
}
