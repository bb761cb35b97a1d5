using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace WsCore.TestKit.Hosting;

/// <summary>An environment without files.</summary>
internal sealed class TestHostEnvironment(string name) : IHostEnvironment
{
    public string EnvironmentName { get; set; } = name;

    public string ApplicationName { get; set; } = "tests";

    public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

    public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
}
