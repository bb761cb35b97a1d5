using WsCore.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddWsCore(builder.Configuration.GetSection(WsCoreOptions.Section));
var app = builder.Build();
app.MapWsCore();
app.Run();
