; The installer of CorBridge. It puts files in place and calls corbridge.exe, which does the work (service/windows/install.c) and
; whose exit codes decide. Built by installer/CMakeLists.txt; README.md lists the parameters and the exit codes.
;
;   corbridge-setup.exe [/S] [/SHARE=folder] [/PHARMACY=folder] [/DATA=folder] [/ACCOUNT=name] [/DBUSERS=group]
;                       [/START=auto|manual] [/D=folder of the program]
;
; Order of an installation: look at the service that is there -> stop it -> new program -> corbridge install -> start it,
; unless it was stopped before or is to be started by hand -> corbridge check.

Unicode true
Target amd64-unicode ; a 32-bit installer would see another Program Files and registry
SetCompressor /SOLID lzma
RequestExecutionLevel admin
ManifestSupportedOS Win10

!include LogicLib.nsh
!include FileFunc.nsh
!insertmacro GetParameters
!insertmacro GetSize

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\CorBridge"

; Exit codes (README.md). 1 is NSIS's own: ended by the user.
!define EXIT_FILES 2      ; a file could not be put in place
!define EXIT_INSTALL 3    ; corbridge install failed
!define EXIT_START 4      ; the service does not start
!define EXIT_STOP 5       ; the old service does not stop
!define EXIT_CHECK 6      ; installed, and check found something to mend
!define EXIT_NOT_ADMIN 7
!define EXIT_UNINSTALL 8
!define EXIT_PARAMETER 9

Name "CorBridge"
OutFile "${OUTPUT}"
InstallDir "$PROGRAMFILES64\CorBridge"
BrandingText "CorBridge ${VERSION}"
ShowInstDetails show
ShowUninstDetails show

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=1033 "ProductName" "CorBridge"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileDescription" "Installer of the CorBridge integration service for CorEMR"
VIAddVersionKey /LANG=1033 "CompanyName" "CorBridge"
VIAddVersionKey /LANG=1033 "LegalCopyright" ""

Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Var options    ; for `corbridge install`
Var was        ; exit code of `service --state`: 0 it ran, 1 it was stopped, 4 it was not there
Var log        ; what the commands print, and how each ended
Var handle     ; of the log
; the parameters, as they were given
Var SHARE
Var PHARMACY
Var DATA
Var ACCOUNT
Var DBUSERS
Var START

; Runs corbridge.exe with the arguments, its output behind that of the others in the log, and behind it how it ended, since a program that
; could not be started says nothing itself; the exit code (or "error") in $0. Through cmd, since nsExec keeps at most 1024 characters. The outer
; quotes are those that `cmd /s` takes off.
!macro Run program arguments
  DetailPrint `corbridge ${arguments}`
  nsExec::Exec `"$SYSDIR\cmd.exe" /d /s /c ""${program}" ${arguments} >>"$log" 2>&1"`
  Pop $0
  ClearErrors
  FileOpen $handle "$log" a
  ${IfNot} ${Errors}
    FileSeek $handle 0 END
    FileWrite $handle `corbridge ${arguments}: ended with $0$\r$\n`
    FileClose $handle
  ${EndIf}
!macroend
!define Run `!insertmacro Run`

; Ends with the code; says why unless silent.
!macro Fail code text
  DetailPrint `${text}`
  SetErrorLevel ${code}
  MessageBox MB_OK|MB_ICONSTOP `${text}$\r$\n$\r$\nWhat was done stands in $log.` /SD IDOK
  SetErrorLevel ${code}
  Quit
!macroend
!define Fail `!insertmacro Fail`

; Takes one word off $R0 into $R1; quotes may stand anywhere in it, /SHARE="C:\My Share" as well as "/SHARE=C:\My Share" (which is what
; PowerShell makes of it; GetOptions of FileFunc.nsh does not understand that).
!macro NextWord un
Function ${un}NextWord
  StrCpy $R1 ""
  StrCpy $R2 0 ; 1 inside quotes
  ${Do}
    StrCpy $R3 $R0 1
    StrCpy $R0 $R0 "" 1
    ${If} $R3 == ""
      ${ExitDo}
    ${ElseIf} $R3 == '"'
      IntOp $R2 $R2 ^ 1
    ${ElseIf} $R3 == " "
    ${AndIf} $R2 == 0
      ${If} $R1 != ""
        ${ExitDo}
      ${EndIf}
    ${Else}
      StrCpy $R1 "$R1$R3"
    ${EndIf}
  ${Loop}
FunctionEnd
!macroend
!insertmacro NextWord ""
!insertmacro NextWord "un."

; When the word $R1 is /NAME=value: adds ` option "value"` for `corbridge install`, and sets $R1 to "". $R3 is the value. Backslashes
; at its end go: one of them would swallow the quote that follows. (The root of a disk becomes D:, which `install` refuses.)
!macro Take name option
  StrLen $R2 "/${name}="
  StrCpy $R4 $R1 $R2
  ${If} $R4 == "/${name}="
    StrCpy $R3 $R1 "" $R2
    StrCpy $R1 ""
    ${Do}
      StrCpy $R4 $R3 1 -1
      ${If} $R4 != "\"
        ${ExitDo}
      ${EndIf}
      StrCpy $R3 $R3 -1
    ${Loop}
    StrCpy $options `$options ${option} "$R3"`
    StrCpy $${name} $R3
  ${EndIf}
!macroend
!define Take `!insertmacro Take`

!macro NeedAdministrator
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 != "Admin"
    SetErrorLevel ${EXIT_NOT_ADMIN}
    MessageBox MB_OK|MB_ICONSTOP "CorBridge is installed by an administrator: start this with 'Run as administrator'." /SD IDOK
    SetErrorLevel ${EXIT_NOT_ADMIN}
    Quit
  ${EndIf}
!macroend

Function .onInit
  SetRegView 64
  SetShellVarContext all
  !insertmacro NeedAdministrator
  ; An installation that is there stays where it is, unless /D= says otherwise.
  ReadRegStr $0 HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} $INSTDIR == "$PROGRAMFILES64\CorBridge"
    StrCpy $INSTDIR $0
  ${EndIf}
  StrCpy $START "auto"
  ${GetParameters} $R0
  ${Do}
    Call NextWord
    ${If} $R1 == ""
      ${ExitDo}
    ${EndIf}
    ${Take} SHARE "--share"
    ${Take} PHARMACY "--pharmacy"
    ${Take} DATA "--data"
    ${Take} ACCOUNT "--account"
    ${Take} DBUSERS "--database-users"
    ${Take} START "--start"
    ${If} $R1 != ""
    ${AndIf} $R1 != "/S"
    ${AndIf} $R1 != "/NCRC"
      SetErrorLevel ${EXIT_PARAMETER}
      MessageBox MB_OK|MB_ICONSTOP "'$R1' is no parameter of this installer. Known: /S /SHARE= /PHARMACY= /DATA= /ACCOUNT= /DBUSERS= /START= /D=" /SD IDOK
      SetErrorLevel ${EXIT_PARAMETER}
      Quit
    ${EndIf}
  ${Loop}
FunctionEnd

Section
  InitPluginsDir
  StrCpy $log "$PLUGINSDIR\install.log"

  ; The new program looks and stops: what an old one has or lacks does not matter.
  SetOutPath "$PLUGINSDIR"
  ClearErrors
  File "${PROGRAM}"
  ${If} ${Errors}
    ${Fail} ${EXIT_FILES} "The temporary folder cannot be written."
  ${EndIf}
  ${Run} "$PLUGINSDIR\corbridge.exe" "service --state"
  StrCpy $was $0
  ${If} $was == 0
    ${Run} "$PLUGINSDIR\corbridge.exe" "stop"
    ${If} $0 != 0
      ${Fail} ${EXIT_STOP} "The running CorBridge service does not stop. Nothing was changed."
    ${EndIf}
  ${EndIf}

  SetOutPath "$INSTDIR"
  ; The Event Log holds the program open, for its messages: it cannot be overwritten then, but renamed.
  ${If} ${FileExists} "$INSTDIR\corbridge.exe"
    Delete "$INSTDIR\corbridge.old.exe"
    ClearErrors
    Rename "$INSTDIR\corbridge.exe" "$INSTDIR\corbridge.old.exe"
    Delete /REBOOTOK "$INSTDIR\corbridge.old.exe"
  ${EndIf}
  SetRebootFlag false ; the old file may wait for whatever restart comes
  ClearErrors
  File "${PROGRAM}"
  File "${SCHEMA}"
  SetOutPath "$INSTDIR\mappings"
  File "${MAPPINGS}/*.xml"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} ${Errors}
    ${Fail} ${EXIT_FILES} "The files cannot be written into $INSTDIR: see that the disk has room and no program holds them."
  ${EndIf}
  ; From here on the log stands beside the program.
  CopyFiles /SILENT "$log" "$INSTDIR\install.log"
  StrCpy $log "$INSTDIR\install.log"

  ${Run} "$INSTDIR\corbridge.exe" "install$options"
  ${If} $0 != 0
    ${Fail} ${EXIT_INSTALL} "The service could not be installed."
  ${EndIf}

  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayName" "CorBridge"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "Publisher" "CorBridge"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\corbridge.exe"
  WriteRegStr HKLM "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" "EstimatedSize" $0

  ; A service that an administrator had stopped stays stopped; a new one without a folder to watch has nothing to start with.
  ${If} $was == 1
    DetailPrint "The service was stopped before and stays stopped."
  ${ElseIf} $was != 0
  ${AndIf} $START == "manual"
    DetailPrint "The service is started by hand: corbridge start"
  ${Else}
    ${Run} "$INSTDIR\corbridge.exe" "start"
    ${If} $0 == 3 ; it refused its configuration
    ${AndIf} $was == 4
    ${AndIf} $SHARE == ""
      DetailPrint "Name the folders in corbridge.xml, then: corbridge start"
    ${ElseIf} $0 != 0
      ${Fail} ${EXIT_START} "CorBridge is installed, but the service does not start."
    ${Else}
      ${Run} "$INSTDIR\corbridge.exe" "check"
      ${If} $0 != 0
        SetErrorLevel ${EXIT_CHECK}
        DetailPrint "CorBridge is installed; check found something to mend: see $log"
      ${EndIf}
    ${EndIf}
  ${EndIf}
SectionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
  !insertmacro NeedAdministrator
FunctionEnd

Section "Uninstall"
  InitPluginsDir
  StrCpy $log "$PLUGINSDIR\uninstall.log"
  StrCpy $options ""
  ${GetParameters} $R0
  ${Do}
    Call un.NextWord
    ${If} $R1 == ""
      ${ExitDo}
    ${ElseIf} $R1 == "/REMOVEDATA"
      StrCpy $options " --remove-data"
    ${EndIf}
  ${Loop}
  ${Run} "$INSTDIR\corbridge.exe" "uninstall$options"
  ${If} $0 != 0
    CopyFiles /SILENT "$log" "$INSTDIR\uninstall.log"
    StrCpy $log "$INSTDIR\uninstall.log"
    ${Fail} ${EXIT_UNINSTALL} "The service could not be removed. Nothing else was changed."
  ${EndIf}
  Delete /REBOOTOK "$INSTDIR\corbridge.exe"
  Delete /REBOOTOK "$INSTDIR\corbridge.old.exe"
  Delete "$INSTDIR\corbridge.xsd"
  Delete "$INSTDIR\mappings\flat-roster.xml"
  Delete "$INSTDIR\mappings\booking-event.xml"
  Delete "$INSTDIR\mappings\niem-booking.xml"
  RMDir "$INSTDIR\mappings" ; what somebody put there stays
  Delete "$INSTDIR\install.log"
  Delete "$INSTDIR\uninstall.log"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only when nothing else is in it
  DeleteRegKey HKLM "${UNINSTALL_KEY}"
SectionEnd
