# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022@sha256:823a3180dad3c9c3c4dea43ab2baf9f04bac9c3a7711745ff5f702551496d735
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Expand-Archive C:\tool.zip -DestinationPath C:\tool
COPY src C:\app
