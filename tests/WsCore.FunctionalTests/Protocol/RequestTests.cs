using System.Text;
using WsCore.Access;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;

namespace WsCore.FunctionalTests.Protocol;

/// <summary><c>call</c>, <c>ping</c>, <c>ack</c>, and everything that is refused: each with its code, and the connection lives on.</summary>
public sealed class RequestTests
{
    public static TheoryData<string, string> Bad => new()
    {
        // code and message; {0} stands where the id would be
        { "parse_error", "" },
        { "parse_error", "hello" },
        { "parse_error", "{" },
        { "parse_error", "{} {}" },
        { "parse_error", """{"type":"join","room":"lobby"} x""" },
        { "parse_error", """{"type":'join'}""" },
        { "parse_error", """{"type":"join",}""" },
        { "invalid_message", "[]" },
        { "invalid_message", "null" },
        { "invalid_message", "{}" },
        { "invalid_message", """{"type":7}""" },
        { "invalid_message", """{"type":"join","type":"join","room":"lobby"}""" },
        { "invalid_message", """{"type":"join"}""" },
        { "invalid_message", """{"type":"join","room":null}""" },
        { "invalid_message", """{"type":"join","room":""}""" },
        { "invalid_message", """{"type":"join","room":"lobby","rooms":["lobby"]}""" },
        { "invalid_message", """{"type":"join","room":"Chat:7"}""" },
        { "invalid_message", """{"type":"join","room":"default:lobby"}""" },
        { "invalid_message", """{"type":"join","room":"a\nb"}""" },
        { "invalid_message", """{"type":"join","room":"\ud800"}""" },
        { "invalid_message", """{"type":"join","id":"","room":"lobby"}""" },
        { "invalid_message", """{"type":"join","id":7,"room":"lobby"}""" },
        { "invalid_message", """{"type":"join","rooms":["lobby",7]}""" },
        { "invalid_message", """{"type":"join","room":"lobby","members":"yes"}""" },
        { "invalid_message", """{"type":"broadcast","room":"lobby"}""" },
        { "invalid_message", """{"type":"broadcast","room":"lobby","payload":1,"event":""}""" },
        { "invalid_message", """{"type":"broadcast","room":"lobby","payload":1,"echo":1}""" },
        { "invalid_message", """{"type":"broadcast","room":"lobby","payload":1,"reliable":true,"ephemeral":true}""" },
        { "invalid_message", """{"type":"send","payload":1}""" },
        { "invalid_message", """{"type":"send","to":"","payload":1}""" },
        { "invalid_message", """{"type":"send","to":"ada"}""" },
        { "invalid_message", """{"type":"call"}""" },
        { "invalid_message", """{"type":"ack"}""" },
        { "invalid_message", """{"type":"members"}""" },
        { "too_large", """{"type":"join","room":"lobby","state":"xxxx"}""" },
        { "unknown_type", """{"type":"hello"}""" },
        { "unknown_type", """{"type":"Join","room":"lobby"}""" },
        { "unknown_type", """{"type":"welcome"}""" },
        { "not_joined", """{"type":"state","room":"lobby","state":1}""" },
        { "forbidden", """{"type":"state","room":"user:ada","state":1}""" },
        { "forbidden", """{"type":"online","users":["ada"]}""" },
        { "invalid_message", """{"type":"state","room":"lobby"}""" },
        { "invalid_message", """{"type":"online","users":[]}""" },
        { "not_joined", """{"type":"history","room":"lobby"}""" },
        { "unknown_type", """{"type":"auth","token":"t"}""" },
        { "not_found", """{"type":"call","method":"orders.latest"}""" },
        { "not_joined", """{"type":"broadcast","room":"lobby","payload":1}""" },
        { "not_joined", """{"type":"members","room":"lobby"}""" },
        { "forbidden", """{"type":"join","room":"user:ada"}""" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_request_is_answered_with_its_code_and_costs_nothing_else(string code, string message)
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.SendAsync(message.Replace("xxxx", new string('x', 1024), StringComparison.Ordinal));

        var error = (await client.NextAsync("error")).Json;
        Assert.Equal(["type", "code", "message"], error.Names());
        Assert.Equal(code, error.Text("code"));
        Assert.EndsWith(".", error.Text("message"), StringComparison.Ordinal);
        await client.ExpectNothingAsync();
        Assert.Equal(0, application.Node.Rooms.Count);
        Assert.Empty(application.Errors);
    }

    [Theory]
    [InlineData("""{"type":"join","id":"7","room":5}""")]
    [InlineData("""{"room":5,"id":"7","type":"join"}""")]
    [InlineData("""{"type":"nonsense","id":"7"}""")]
    [InlineData("""{"type":7,"id":"7"}""")]
    [InlineData("""{"type":"history","id":"7"}""")]
    public async Task The_error_carries_the_id_of_the_request_wherever_it_stands(string message)
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.SendAsync(message);

        Assert.Equal("7", (await client.NextAsync("error")).Json.Text("id"));
    }

    [Theory]
    [InlineData("0003", "parse_error")] // declares 3 bytes
    [InlineData("00", "parse_error")]
    [InlineData("", "parse_error")]
    [InlineData("00027b7d", "invalid_message")] // {}
    public async Task A_bad_binary_message_is_answered_in_text(string hex, string code)
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.SendBinaryAsync(Convert.FromHexString(hex));

        var error = await client.NextAsync("error");
        Assert.Null(error.Binary);
        Assert.Equal(code, error.Json.Text("code"));
    }

    [Theory]
    [InlineData("""{"type":"join","id":"1","room":"lobby"}""")]
    [InlineData("""{"type":"ping","id":"1"}""")]
    [InlineData("""{"type":"broadcast","id":"1","room":"lobby","payload":1}""")]
    public async Task Only_types_with_a_payload_come_in_binary_and_only_with_one_payload(string envelope)
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.SendBinaryAsync(ChatClient.Binary(envelope, "x"u8));

        var error = (await client.NextAsync("error")).Json;
        Assert.Equal(("1", "invalid_message"), (error.Text("id"), error.Text("code")));
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public async Task Nesting_is_taken_up_to_32_deep(int depth, bool taken)
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("lobby");
        var payload = new string('[', depth - 1) + new string(']', depth - 1);
        var reply = await client.RequestAsync($$"""{"type":"broadcast","room":"lobby","payload":{{payload}}}""");

        Assert.Equal(taken ? "ack" : "error", reply.Text("type"));
    }

    [Fact]
    public async Task Unknown_fields_and_those_of_other_types_are_ignored()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();

        await client.AckAsync("""{"type":"join","room":"lobby","colour":"red","payload":{"a":1},"method":7,"ids":false,"":null}""");
    }

    [Fact]
    public async Task A_ping_is_answered_with_the_servers_time_and_its_id_if_it_has_one()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var client = await application.ConnectAsync();
        var time = application.Time.GetUtcNow().ToUnixTimeMilliseconds();

        Assert.Equal($$"""{"type":"pong","id":"q1","time":{{time}}}""", (await client.RequestAsync("""{"type":"ping"}""")).GetRawText());
        await client.SendAsync("""{"type":"ping"}""");
        Assert.Equal($$"""{"type":"pong","time":{{time}}}""", (await client.NextAsync()).Raw);
    }

    [Fact]
    public async Task Of_many_pings_at_least_the_newest_is_answered()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync(Enumerable.Range(1, 100).SelectMany(i => RawFrame.Encode(RawOpcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"ping","id":"{{i}}"}"""))).ToArray());

        var last = 0;
        while (last < 100)
        {
            var id = int.Parse((await socket.ReceiveJsonAsync()).Text("id")!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(id > last);
            last = id;
        }
    }

    [Theory]
    [InlineData("""{"type":"ack","id":"m-17"}""")]
    [InlineData("""{"type":"ack","ids":["m-18","m-19"]}""")]
    public async Task An_ack_of_a_client_is_taken_and_not_answered(string ack)
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.SendAsync(ack);

        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_call_is_answered_by_the_application_in_the_ack()
    {
        var script = new HookScript
        {
            Calling = (call, _) =>
            {
                switch (call.Method)
                {
                    case "add":
                        call.Reply(Payload.FromJson($"[{call.Payload}]"));
                        break;
                    case "count":
                        call.Reply(Payload.FromJson($"{call.Payload.Bytes.Length}"));
                        break;
                    case "refuse":
                        call.Refuse("out_of_stock", "There is none left.");
                        break;
                    case "throw":
                        throw new InvalidOperationException("on purpose");
                }

                return default;
            },
        };
        await using var application = await TestApplication.StartAsync(script);
        await using var client = await application.ConnectAsync();

        Assert.Equal("""{"type":"ack","id":"q1","payload":[{"a": 1.0}]}""", (await client.AckAsync("""{"type":"call","method":"add","payload":{"a": 1.0}}""")).GetRawText());
        Assert.Equal("0", (await client.AckAsync("""{"type":"call","method":"count"}""")).Raw("payload"));
        Assert.Equal("3", (await client.RequestBinaryAsync("""{"type":"call","method":"count"}""", [1, 2, 3])).Raw("payload"));
        Assert.Equal("There is none left.", (await client.RefusedAsync("out_of_stock", """{"type":"call","method":"refuse"}""")).Text("message"));
        await client.RefusedAsync("not_found", """{"type":"call","method":"other"}""");
        var failed = await client.RefusedAsync("internal_error", """{"type":"call","method":"throw"}""");
        Assert.DoesNotContain("purpose", failed.Text("message"), StringComparison.Ordinal);
        Assert.Contains("on purpose", Assert.Single(application.Errors), StringComparison.Ordinal);
        await client.SendAsync("""{"type":"call","method":"add","payload":1}"""); // without an id there is no ack
        await client.ExpectNothingAsync();
    }
}
