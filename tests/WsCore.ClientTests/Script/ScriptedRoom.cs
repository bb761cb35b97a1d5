namespace WsCore.ClientTests.Script;

/// <summary>A room with history of the epoch "e": what it says reaches whoever is in it, and a join with a position gets what came after it.</summary>
internal sealed class ScriptedRoom(string name)
{
    public long Seq { get; private set; }

    /// <summary>Says so many things, each with its number as its payload.</summary>
    public async Task SayAsync(ScriptedConnection connection, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await connection.SendAsync(Text.Numbered(name, ++Seq));
        }
    }

    /// <summary>Says things that nobody is told of, such as while a connection is away.</summary>
    public void SayUnheard(int count) => Seq += count;

    /// <summary>Answers a join: the ack, and what the joiner does not have.</summary>
    public async Task<long> AnswerAsync(ScriptedConnection connection, ScriptedJoin join)
    {
        var since = join.Since(name) ?? throw new InvalidOperationException($"The join has no position: {join.Request}");
        Assert.Equal("e", since.Epoch);
        await join.AckAsync(Text.At(Seq) + ",\"recovered\":true");
        for (var seq = since.Seq + 1; seq <= Seq; seq++)
        {
            await connection.SendAsync(Text.Numbered(name, seq));
        }

        return since.Seq;
    }

    /// <summary>Answers everything that the client asks for, until it is told that that is all.</summary>
    /// <returns>From where the room was fetched, each time.</returns>
    public async Task<IReadOnlyList<long>> ServeAsync(ScriptedConnection connection, Task until)
    {
        var fetched = new List<long>();
        while (true)
        {
            var next = connection.NextAsync();
            if (await Task.WhenAny(next, until) != next)
            {
                return fetched;
            }

            var request = await next;
            switch (request.Type)
            {
                case "join":
                    fetched.Add(await AnswerAsync(connection, new ScriptedJoin(connection, request.Json)));
                    break;
                case "ping":
                    await connection.PongAsync(request.Json);
                    break;
                default:
                    await connection.AckAsync(request.Json);
                    break;
            }
        }
    }
}
