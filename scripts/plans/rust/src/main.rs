fn main() {
    println!("hello, built {}", env!("BUILT"));
}
