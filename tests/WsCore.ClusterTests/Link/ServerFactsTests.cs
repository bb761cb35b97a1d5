using WsCore.Redis.Link;

namespace WsCore.ClusterTests.Link;

public sealed class ServerFactsTests
{
    private const string Info = "# Server\r\nredis_version:7.0.15\r\nrun_id:ae4d\r\n\r\n# Replication\r\nrole:master\r\ncluster_enabled:0\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n";

    [Fact]
    public void Parse_WhatInfoSays() => Assert.Equal(new ServerFacts("ae4d", new Version(7, 0, 15), IsMaster: true, IsCluster: false, AppendOnly: true, "noeviction"), ServerFacts.Parse(Info));

    [Theory]
    [InlineData("7.0.15", "7.0.15", null)]
    [InlineData("7.0.15", "7.0.0", null)]
    [InlineData("7.0.15", "8.2.1", null)]
    [InlineData("7.0.15", "6.2.14", "Redis at here:1 is version 6.2.14: 7.0 or newer is needed")]
    [InlineData("7.0.15", "unknown", "Redis at here:1 is version 0.0: 7.0 or newer is needed")]
    [InlineData("role:master", "role:slave", "Redis at here:1 is a replica.")]
    [InlineData("cluster_enabled:0", "cluster_enabled:1", "Redis at here:1 is part of Redis Cluster")]
    public void Refusal_OfWhatCannotBeUsed_IsASentence(string said, string instead, string? refusal)
    {
        var sentence = ServerFacts.Parse(Info.Replace(said, instead, StringComparison.Ordinal)).Refusal("here:1");

        Assert.Equal(refusal is null, sentence is null);
        Assert.StartsWith(refusal ?? "", sentence ?? "", StringComparison.Ordinal);
    }
}
