using System.Text;
using System.Text.Json;
using WsCore.Access;
using WsCore.Protocol;
using WsCore.TestKit.Files;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Protocol;

/// <summary>docs/protocol.md says what is so: its examples are taken by the server, or made by it.</summary>
public sealed class DocumentedExamplesTests
{
    [Fact]
    public void Every_example_of_a_client_is_accepted_by_the_reader()
    {
        var examples = Examples("## Client to server");
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            Assert.True(EnvelopeReader.TryRead(Encoding.UTF8.GetBytes(example), EnvelopeLimits.Default, out var envelope, out var fault), $"{example} → {fault.Message}");
            Assert.NotEqual(MessageType.Unknown, envelope.Type);
        }

        var shown = examples.Select(example => JsonElement.Parse(example).Text("type")).Distinct().Order();
        Assert.Equal(["ack", "broadcast", "call", "history", "join", "leave", "members", "online", "ping", "send", "state"], shown);
    }

    [Fact]
    public async Task Every_example_of_the_server_has_the_shape_of_something_that_it_sends()
    {
        var script = new HookScript
        {
            Joining = (join, _) =>
            {
                if (join.Room == "staff:7")
                {
                    join.Refuse("You may not join this room.");
                }

                return default;
            },
            Calling = (call, _) =>
            {
                call.Reply(Payload.FromJson("[]"));
                return default;
            },
        };
        await using var application = await TestApplication.StartAsync(script, o => o.Options = options => options.Namespaces["default"] = options.Namespaces["user"] = new() { Presence = true });
        var sent = new HashSet<string>(StringComparer.Ordinal);
        await using var ada = await application.ConnectAsync("ada");
        await using var nobody = await application.ConnectAsync();
        Note(sent, ada.Welcome);
        foreach (var request in (string[])
        [
            """{"type":"broadcast","room":"lobby","payload":1}""", // not joined
            """{"type":"join","room":"lobby"}""",
            """{"type":"join","rooms":["lobby","staff:7"]}""",
            """{"type":"state","room":"lobby","state":{"mood":"busy"}}""",
            """{"type":"members","room":"lobby"}""",
            """{"type":"online","users":["ada"]}""",
            """{"type":"call","method":"orders.latest","payload":{"limit":3}}""",
            """{"type":"broadcast","room":"lobby","payload":1,"event":"cursor","echo":true}""",
            """{"type":"send","to":"ada","payload":1,"event":"invitation"}""",
            """{"type":"leave","room":"lobby"}""",
            """{"type":"ping"}""",
        ])
        {
            if (request.Contains("members", StringComparison.Ordinal))
            {
                await nobody.JoinAsync("lobby");
            }

            Note(sent, await ada.RequestAsync(request));
        }

        await ada.JoinAsync("lobby");
        await using var grace = await application.ConnectAsync("grace");
        await grace.AckAsync("""{"type":"join","room":"lobby","state":{"mood":"good"}}""");
        await grace.AckAsync("""{"type":"state","room":"lobby","state":{"mood":"busy"}}""");
        await grace.LeaveAsync("lobby");
        await application.WsCore.BroadcastAsync("lobby", Payload.FromJson("1299"), "price");
        await application.WsCore.BroadcastToNamespaceAsync("default", Payload.FromJson("1"));
        await application.WsCore.BroadcastToEverybodyAsync(Payload.FromJson("1"));
        await application.WsCore.RemoveAsync("lobby", ada.Id);
        foreach (var message in await ada.NewsAsync())
        {
            Note(sent, message.Json);
        }

        await using var plain = await TestApplication.StartAsync(); // and without presence
        await using var client = await plain.ConnectAsync();
        Note(sent, await client.JoinAsync("lobby"));
        await using var slow = await TestApplication.StartWithManualClockAsync(o => o.Options = options => (options.Limits.MessagesPerSecond, options.Limits.MessageBurst) = (1, 1));
        await using var hasty = await slow.ConnectAsync();
        await hasty.JoinAsync("lobby");
        Note(sent, await hasty.RequestAsync("""{"type":"leave","room":"lobby"}"""));
        var stopping = plain.StopAsync();
        Note(sent, (await client.NextAsync("reconnect")).Json);
        await client.ClosedAsync();
        await stopping.WithTimeout();

        await NoteReliableAndConflatedAsync(sent);
        string[] examples = [.. Examples("## Server to client"), .. Examples("## Reliable messages"), .. Examples("## Conflated rooms")];
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.True(
            sent.Contains(Shape(JsonElement.Parse(example))),
            $"{example}\nhas the shape {Shape(JsonElement.Parse(example))}; what the server sent:\n{string.Join('\n', sent.Order())}"));
    }

    private static async Task NoteReliableAndConflatedAsync(HashSet<string> sent)
    {
        await using var application = await TestApplication.StartWithManualClockAsync(
            o => o.Options = options => options.Namespaces["prices"] = new() { Conflate = TimeSpan.FromSeconds(1) });
        await using var ada = await application.ConnectAsync("ada");
        await ada.JoinAsync("lobby");
        await ada.JoinAsync("prices:eu");
        await ada.BroadcastAsync("prices:eu", "1299", ""","key":"EUR","echo":true""");
        await ada.BroadcastAsync("lobby", "1", ""","event":"order","reliable":true,"echo":true""");
        application.Time.Advance(TimeSpan.FromSeconds(6));
        foreach (var message in await ada.NewsAsync())
        {
            Note(sent, message.Json);
        }
    }

    private static void Note(HashSet<string> sent, JsonElement message) => sent.Add(Shape(message));

    /// <summary>The names of all fields, in any order; what a payload holds is its owner's business.</summary>
    private static string Shape(JsonElement message)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Collect(message, message.Text("type") ?? "?", names);
        return string.Join(' ', names);
    }

    private static void Collect(JsonElement value, string path, SortedSet<string> names)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    names.Add($"{path}.{property.Name}");
                    if (property.Name != "payload")
                    {
                        Collect(property.Value, $"{path}.{property.Name}", names);
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Collect(item, $"{path}[]", names);
                }

                break;
        }
    }

    /// <summary>The JSON blocks of one section.</summary>
    private static List<string> Examples(string section)
    {
        var page = File.ReadAllText(SourceTree.PathOf("docs/protocol.md"));
        var start = page.IndexOf($"\n{section}\n", StringComparison.Ordinal);
        var end = page.IndexOf("\n## ", start + section.Length, StringComparison.Ordinal);
        return [.. page[start..end].Split("```json\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)].Trim())];
    }
}
