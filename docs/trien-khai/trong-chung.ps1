# Restarts the bot when /live stays away twice within a minute. Called every five minutes by trong-chung.xml.
# Plain ASCII on purpose: Windows PowerShell 5.1 reads a file without a byte order mark in the system's code page.
$task = "Doi thoai"
$address = "http://127.0.0.1:8080/live"

function Test-Alive {
    try {
        $answer = Invoke-WebRequest -UseBasicParsing -TimeoutSec 20 -Uri $address
        return $answer.StatusCode -eq 200
    } catch {
        return $false
    }
}

if ((Get-ScheduledTask -TaskName $task).State -ne "Running") {
    Start-ScheduledTask -TaskName $task
    exit 0
}
if (Test-Alive) { exit 0 }
Start-Sleep -Seconds 60
if (Test-Alive) { exit 0 }
Stop-ScheduledTask -TaskName $task
Start-Sleep -Seconds 5
Start-ScheduledTask -TaskName $task
