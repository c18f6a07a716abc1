FROM mcr.microsoft.com/dotnet/sdk:8.0@sha256:a9d0df1873a041a6e38e2c461ffc6b53d216fd7cfab9bece3e9b5bc5c69b4203 AS build
ARG SOURCE_DATE_EPOCH
WORKDIR /src
COPY *.csproj .
RUN dotnet restore --locked-mode
RUN dotnet tool install --global dotnet-ef --version 8.0.3
COPY . .
RUN dotnet publish -c Release -o /app -p:Deterministic=true

FROM mcr.microsoft.com/dotnet/aspnet:8.0@sha256:57917bceb9920cdccdef578fc6f03a57d4895e4184cbaa47b1de2de5574816f7
WORKDIR /app
COPY --from=build /app .
ENV ConnectionStrings__TokenFile=/run/secrets/token
ENTRYPOINT ["dotnet", "app.dll"]
