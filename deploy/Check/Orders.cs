namespace WsCore.DeployCheck;

/// <summary>What this program says to the script that started it, and asks of it: lines that begin with <c>ok:</c>, <c>failed:</c> and <c>do:</c>, and an answer to the last.</summary>
internal sealed class Orders(TextReader answers, TextWriter lines)
{
    /// <summary>Whether nothing failed.</summary>
    public bool AllWell { get; private set; } = true;

    public void Tell(string what, IReadOnlyCollection<string> problems)
    {
        lines.WriteLine(problems.Count == 0 ? $"ok: {what}" : $"failed: {what}: {string.Join("; ", problems.Take(5))}");
        AllWell &= problems.Count == 0;
    }

    /// <summary>Has something done to a node and waits until it is.</summary>
    /// <exception cref="InvalidOperationException">It could not be done.</exception>
    public async Task DoAsync(string order, CancellationToken cancellation)
    {
        lines.WriteLine($"do: {order}");
        var answer = await Task.Run(() => answers.ReadLine(), cancellation).WaitAsync(cancellation);
        if (answer != "done")
        {
            throw new InvalidOperationException($"'{order}' was answered '{answer}'.");
        }
    }
}
