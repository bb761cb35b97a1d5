using System.Diagnostics;
using System.Text.RegularExpressions;
using WsCore.FunctionalTests.Browser;
using WsCore.FunctionalTests.Load;
using WsCore.TestKit.Files;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Readme;

/// <summary>What README.md shows is what runs: the host as it was compiled from there, the client as it stands there.</summary>
[Collection(HeavyLoadGroup.Name)]
public sealed class ReadmeSamplesTests
{
    [Fact]
    public async Task The_host_of_the_readme_is_a_chat()
    {
        await using var host = await StartAsync();
        await using var ada = await ChatClient.ConnectAsync(Socket(host));
        await using var grace = await ChatClient.ConnectAsync(Socket(host));
        await ada.JoinAsync("lobby");
        await grace.JoinAsync("lobby");

        await ada.BroadcastAsync("lobby", "\"hello\"");
        Assert.Equal("hello", Assert.Single(await grace.NewsAsync()).Json.Text("payload"));
        await grace.RefusedAsync("forbidden", """{"type":"join","room":"staff:1"}""");

        using var http = new HttpClient();
        using var answer = await http.PostAsync(host.AddressOf("/announce?text=tea"), null).WithTimeout();
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("tea", Assert.Single(await ada.NewsAsync()).Json.Text("payload"));
    }

    [ChromiumFact]
    public async Task The_client_of_the_readme_talks_to_another_in_two_pages()
    {
        await using var host = await ServerProcess.StartAsync(ServerProcess.Development, ("WSCORE__LIMITS__MESSAGESPERSECOND", "0")); // the witness asks again and again
        await using var browser = await BrowserHost.StartAsync();
        var client = Sample("client").Replace("localhost:8080", host.Address.Authority, StringComparison.Ordinal);
        Assert.Contains(host.Address.Authority, client, StringComparison.Ordinal);

        var first = await browser.OpenAsync(host.AddressOf("/health/live"));
        var heard = new TaskCompletionSource<string>();
        first.Console += (_, message) =>
        {
            if (message.Text.StartsWith("lobby ", StringComparison.Ordinal)) // the browser has things to say too
            {
                heard.TrySetResult(message.Text);
            }
        };
        await first.EvaluateAsync($"() => {{ {client} }}");
        await using var witness = await ChatClient.ConnectAsync(Socket(host));
        await Eventually.Is(() => witness.JoinAsync("lobby").GetAwaiter().GetResult().Number("count") == 2, "the first page is in the room");

        var second = await browser.OpenAsync(host.AddressOf("/health/live"));
        await second.EvaluateAsync($"() => {{ {client} }}");
        Assert.Matches("^lobby [A-Za-z0-9_-]{16} hello$", await heard.Task.WithTimeout());
    }

    [Fact]
    public async Task The_dotnet_client_of_the_readme_says_hello_and_prints_what_it_hears()
    {
        await using var host = await ServerProcess.StartAsync(ServerProcess.Development);
        await using var witness = await ChatClient.ConnectAsync(Socket(host));
        await witness.JoinAsync("lobby");
        using var client = Process.Start(new ProcessStartInfo("dotnet", [ProgramOf("WsCore.ReadmeClient"), Socket(host).ToString()]) { RedirectStandardOutput = true })!;
        try
        {
            await witness.NextAsync("joined");
            Assert.Equal("hello", (await witness.NextAsync("message")).Json.Text("payload"));
            await witness.BroadcastAsync("lobby", "\"tea\"");
            Assert.Equal("lobby: \"tea\"", await client.StandardOutput.ReadLineAsync().WithTimeout());
        }
        finally
        {
            client.Kill();
        }
    }

    private static Uri Socket(ServerProcess host) => new UriBuilder(host.AddressOf("/ws")) { Scheme = "ws" }.Uri;

    private static Task<ServerProcess> StartAsync() => ServerProcess.StartProgramAsync(ProgramOf("WsCore.ReadmeSample"), ServerProcess.Development);

    private static string ProgramOf(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory); // …/bin/Release/net10.0/
        return SourceTree.PathOf($"tests/{project}/bin/{output.Parent!.Name}/{output.Name}/{project}.dll");
    }

    private static string Sample(string name) =>
        Regex.Match(File.ReadAllText(SourceTree.PathOf("README.md")), $@"(?s)<!-- sample: {name} -->\s*```\w+\n(.*?)```").Groups[1].Value;
}
