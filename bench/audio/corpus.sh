#!/usr/bin/env bash
# Makes the test sets of the audio experiments in a folder: synthetic speech
# of 12 voices and noises of 12 kinds. The same script makes the same files:
# texts are counted out, and sox has a fixed seed (-R). Takes a minute or two.
#
#   bench/audio/corpus.sh bin/corpus [SENTENCES]
set -euo pipefail
out=${1:?usage: corpus.sh FOLDER [SENTENCES]}
sentences=${2:-90}
stamp="$(cksum <"$0" | cut -d' ' -f1) $sentences"
[ "$(cat "$out/stamp" 2>/dev/null || true)" = "$stamp" ] && exit 0
rm -rf "$out"
mkdir -p "$out/voices" "$out/noises"

# Each language is four lists of phrase parts; a sentence takes one of each.
# The lists' lengths share no divisor, so that counting goes through all.
english=(
  "I would like to|Could you please|We were hoping to|My brother wants to|Somebody asked me to|Tomorrow we have to|They told us to"
  "book an appointment|change the delivery address|speak to the manager|check my account balance|cancel the second order|pay the outstanding bill|find a cheaper flight|move the meeting|report a broken window|order six large boxes|renew the insurance"
  "for Tuesday morning|before half past nine|with Doctor Harrison|at the corner shop|because of the weather|on the ground floor|as soon as possible|without any extra charge|for five people|near the old station|by the end of June|from the blue catalogue|in the afternoon"
  "thank you|if that is all right|since nobody answered yesterday|my number is four one seven|please call me back|it is rather urgent|that would be great|I hope you understand|just to be safe"
)
german=(
  "Ich möchte gerne|Könnten Sie bitte|Wir wollten eigentlich|Meine Schwester will|Morgen müssen wir"
  "einen Termin vereinbaren|die Adresse ändern|mit dem Chef sprechen|die Rechnung bezahlen|zwei Karten bestellen|den Vertrag kündigen|das Paket abholen"
  "am Dienstag um neun Uhr|noch vor dem Wochenende|wegen des schlechten Wetters|in der Nähe vom Bahnhof|ohne weitere Kosten|für fünf Personen"
  "vielen Dank|wenn das möglich ist|es ist wirklich dringend|ich rufe später noch einmal an"
)
french=(
  "Je voudrais|Pourriez vous|Nous aimerions|Mon frère veut|Demain il faut"
  "prendre un rendez vous|changer mon adresse|parler au directeur|payer la facture|annuler la commande|réserver deux places|déplacer la réunion"
  "pour mardi matin|avant neuf heures et demie|à cause de la pluie|près de la vieille gare|sans frais supplémentaires|pour cinq personnes"
  "merci beaucoup|si cela vous convient|c'est assez urgent|je vous rappelle plus tard"
)
spanish=(
  "Me gustaría|Podría usted|Queremos|Mi hermana quiere|Mañana tenemos que"
  "reservar una cita|cambiar la dirección|hablar con el gerente|pagar la factura|cancelar el pedido|comprar dos billetes|mover la reunión"
  "para el martes por la mañana|antes de las nueve y media|por el mal tiempo|cerca de la estación|sin ningún recargo|para cinco personas"
  "muchas gracias|si le parece bien|es bastante urgente|le llamo más tarde"
)
italian=(
  "Vorrei|Potrebbe|Ci piacerebbe|Mio fratello vuole|Domani dobbiamo"
  "prendere un appuntamento|cambiare indirizzo|parlare con il direttore|pagare la bolletta|annullare il secondo ordine|comprare due biglietti|spostare la riunione"
  "per martedì mattina|prima delle nove e mezza|per colpa della pioggia|vicino alla vecchia stazione|senza costi aggiuntivi|per cinque persone"
  "grazie mille|se per lei va bene|è piuttosto urgente|richiamo più tardi"
)
portuguese=(
  "Eu gostaria de|Você poderia|Nós queremos|Minha irmã precisa|Amanhã vamos"
  "marcar uma consulta|mudar o endereço|falar com o gerente|pagar a fatura|cancelar o pedido|comprar duas passagens|mudar a reunião"
  "na terça de manhã|antes das nove e meia|por causa da chuva|perto da estação|sem custo adicional|para cinco pessoas"
  "muito obrigado|se estiver tudo bem|é bastante urgente|ligo mais tarde"
)

# sentence LANGUAGE N prints the language's sentence number N.
sentence() {
  local -n lists=$1
  local n=$2 i parts text=""
  for i in 0 1 2 3; do
    IFS='|' read -ra parts <<<"${lists[$i]}"
    text+="${parts[$(((n + i * n / 7) % ${#parts[@]}))]} "
  done
  printf '%s' "$text"
}

# name, program, its voice, language, and the first sentence's number
voices=(
  "kal16 flite kal16 english 0"
  "rms flite rms english 100"
  "slt flite slt english 200"
  "awb flite awb english 300"
  "us espeak en-us english 400"
  "us-f3 espeak en-us+f3 english 500"
  "gb-m3 espeak en-gb+m3 english 600"
  "de espeak de german 0"
  "fr-f2 espeak fr-fr+f2 french 0"
  "es espeak es spanish 0"
  "it-f4 espeak it+f4 italian 0"
  "pt-m2 espeak pt+m2 portuguese 0"
)

speak() { # NAME PROGRAM VOICE LANGUAGE FIRST
  local i text folder="$out/voices/$1"
  mkdir -p "$folder"
  for ((i = 0; i < sentences; i++)); do
    text=$(sentence "$4" $(($5 + i)))
    case $2 in
      flite) flite -voice "$3" -t "$text" -o "$folder/$(printf %03d "$i").wav" ;;
      espeak) espeak-ng -v "$3" -s $((140 + i % 5 * 12)) -w "$folder/$(printf %03d "$i").wav" "$text" ;;
    esac
  done
}

# noise NAME EFFECT... makes a minute at 16 kHz.
noise() {
  local name=$1
  shift
  sox -R -D -n -r 16000 -b 16 -c 1 "$out/noises/$name.wav" "$@" gain -n -15
}

# tune NAME SECONDS WAVE NOTES... plays chords of three notes (a+b+c) in turn.
tune() {
  local name=$1 seconds=$2 wave=$3 i=0 chord a b c files=()
  shift 3
  for chord in "$@"; do
    IFS=+ read -r a b c <<<"$chord"
    sox -R -D -n -r 16000 -b 16 -c 1 "$out/noises/.$name.$i.wav" \
      synth "$seconds" "$wave" "$a" synth "$seconds" "$wave" mix "$b" synth "$seconds" "$wave" mix "$c" fade t 0.01 "$seconds" 0.05 gain -n -6
    files+=("$out/noises/.$name.$i.wav")
    i=$((i + 1))
  done
  sox -D "${files[@]}" "$out/noises/$name.wav" repeat 9 trim 0 60 gain -n -15
  rm -f "${files[@]}"
}

# crowd NAME OFFSET VOICE... mixes eight talkers: each voice from two places.
crowd() {
  local name=$1 voice part files all
  shift
  files=()
  for voice in "$@"; do
    all=("$out/voices/$voice"/*.wav)
    for part in 0 1; do
      sox -D "${all[@]:part*7:12}" -r 16000 -b 16 -c 1 "$out/noises/.$name.$voice.$part.wav" gain -n -20 trim $((part * 2)) 36
      files+=("$out/noises/.$name.$voice.$part.wav")
    done
  done
  sox -D -m "${files[@]}" "$out/noises/$name.wav" trim 1 34 gain -n -15
  rm -f "${files[@]}"
}

# knocks NAME SOUND... strings short sounds together, each with a pause of a
# length of its own: "SECONDS PAUSE KIND EFFECT..."
knocks() {
  local name=$1 i=0 knock files=()
  shift
  for knock in "$@"; do
    read -ra knock <<<"$knock"
    sox -R -D -n -r 16000 -b 16 -c 1 "$out/noises/.$name.$i.wav" synth "${knock[0]}" "${knock[@]:2}" gain -n -6 pad 0.05 "${knock[1]}"
    files+=("$out/noises/.$name.$i.wav")
    i=$((i + 1))
  done
  sox -D "${files[@]}" "$out/noises/$name.wav" repeat 29 trim 0 30 gain -n -3
  rm -f "${files[@]}"
}

for line in "${voices[@]}"; do
  read -r name program voice language first <<<"$line"
  speak "$name" "$program" "$voice" "$language" "$first" &
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
done
wait

noise white synth 60 whitenoise
noise pink synth 60 pinknoise
noise fan synth 60 brownnoise vol 0.3 highpass 60 synth 60 sine mix 118 synth 60 sine mix 236 tremolo 7 15
noise street synth 60 brownnoise vol 0.4 synth 60 pinknoise mix lowpass 1800 tremolo 0.23 75
noise hum synth 60 sine 50 synth 60 sine mix 150 synth 60 sine mix 250 synth 60 sine mix 350
noise line synth 60 tpdfnoise vol 0.4 highpass 250 lowpass 3200
knocks clicks "0.004 0.31 whitenoise" "0.002 0.52 whitenoise" "0.006 0.17 whitenoise lowpass 2000" "0.001 0.83 square 500" "0.003 0.23 pinknoise" "0.005 0.44 whitenoise vol 0.5 highpass 1000"
knocks taps "0.03 0.17 pluck 1900 fade t 0 0.03 0.025" "0.02 0.26 whitenoise lowpass 2500 fade t 0 0.02 0.018" "0.05 0.42 pluck 700 fade t 0 0.05 0.045" "0.04 0.11 pinknoise fade t 0 0.04 0.039"
tune music 0.4 pluck 220+277.2+329.6 246.9+311.1+370 196+246.9+293.7 220+261.6+329.6 440+554.4+659.3 392+493.9+587.3 329.6+392+493.9 293.7+370+440 \
  261.6+329.6+392 349.2+440+523.3 174.6+220+261.6 392+466.2+587.3 587.3+740+880 523.3+659.3+784 196+233.1+293.7 246.9+293.7+370
tune organ 0.8 triangle 261.6+329.6+392 293.7+349.2+440 246.9+311.1+370 220+261.6+329.6 349.2+440+523.3 392+493.9+587.3 196+246.9+293.7 440+523.3+659.3
crowd babble kal16 rms us-f3 de
crowd crowd slt awb es it-f4
printf '%s' "$stamp" >"$out/stamp"
